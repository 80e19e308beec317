using System.Globalization;
using System.Net;

namespace WorkspaceService.Infrastructure.Json;

/// <summary>Times as clients of other languages write them (RFC 3339), wherever one is taken.</summary>
public sealed class TimesTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Theory]
    [InlineData("2026-11-28T10:00:00Z", "2026-11-28T10:00:00.000")]
    [InlineData("2026-11-28T10:00:00.5Z", "2026-11-28T10:00:00.500")]
    [InlineData("2026-11-28T10:00:00.123456789Z", "2026-11-28T10:00:00.123")]
    [InlineData("2026-11-28T10:00:00.123999999999999999999999Z", "2026-11-28T10:00:00.123")]
    [InlineData("2026-11-28t10:00:00z", "2026-11-28T10:00:00.000")]
    [InlineData("2026-11-28T10:00:00+02:00", "2026-11-28T08:00:00.000")]
    [InlineData("2026-11-28T10:00:00.25-05:30", "2026-11-28T15:30:00.250")]
    [InlineData("2026-11-28T10:00:00-00:00", "2026-11-28T10:00:00.000")]
    [InlineData("2026-11-28T10:00:00+23:59", "2026-11-27T10:01:00.000")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000")]
    public void A_time_is_read_to_the_millisecond(string text, string expected)
    {
        JsonConventions.TryTime(text, out var time).Should().BeTrue();
        time.Should().Be(DateTimeOffset.Parse(expected + "Z", CultureInfo.InvariantCulture));
        time.Offset.Should().Be(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2026-04-01T09:00:00")]
    [InlineData("2026-04-01T09:00:00.5")]
    [InlineData("2026-04-01T09:00:00.Z")]
    [InlineData("2026-04-01T09:00:00,5Z")]
    [InlineData("2026-04-01 09:00:00Z")]
    [InlineData("2026-04-01")]
    [InlineData("2026-04-01T09:00Z")]
    [InlineData("2026-04-01T09:00:00+02")]
    [InlineData("2026-04-01T09:00:00+0200")]
    [InlineData("2026-04-01T09:00:00+24:00")]
    [InlineData("2026-04-01T09:00:00+02:60")]
    [InlineData("2026-04-01T09:00:00ZZ")]
    [InlineData("2026-04-01T09:00:00Z\n")]
    [InlineData(" 2026-04-01T09:00:00Z")]
    [InlineData("2026-02-29T09:00:00Z")]
    [InlineData("2026-04-01T24:00:00Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("٢٠٢٦-04-01T09:00:00Z")]
    public void What_is_no_time_of_RFC_3339_is_refused(string? text) =>
        JsonConventions.TryTime(text, out _).Should().BeFalse();

    [Theory]
    [InlineData("fffffff'99Z'")]
    [InlineData("fff'z'")]
    [InlineData("f'+00:00'")]
    public async Task Bodies_queries_and_batches_take_them(string fraction)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var now = service.Clock.Now.UtcDateTime;
        string At(TimeSpan from) =>
            (now + from).ToString($"yyyy-MM-dd'T'HH:mm:ss.{fraction}", CultureInfo.InvariantCulture);

        await (await tenant.Client.PostJson(
            $"/v1/workspaces/{workspace.Id}/invitations",
            new { email = $"{Guid.NewGuid():N}@example.com", role = "member", expires_at = At(TimeSpan.FromDays(2)) }))
            .Data(HttpStatusCode.Created);
        await (await tenant.Client.PutJson(
            $"/v1/service-lines/{line.Id}/health", new { score = 50, observed_at = At(TimeSpan.FromMinutes(-1)) }))
            .Data();
        var results = await (await tenant.Client.PostJson("/v1/metering/events", new
        {
            events = new[] { Metered(line.Id, At(TimeSpan.FromSeconds(-2))) },
        })).Data();
        results[0].GetProperty("result").GetString().Should().Be("accepted");
        foreach (var name in new[] { "from", "to" })
        {
            var answer = await tenant.Client.GetAsync(
                $"/v1/events?organization_id={tenant.Id}&{name}={Uri.EscapeDataString(At(TimeSpan.Zero))}");
            answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Without_an_offset_they_are_refused_everywhere()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        const string Time = "2026-04-01T09:00:00.5";

        await (await tenant.Client.PostJson(
            $"/v1/workspaces/{workspace.Id}/invitations",
            new { email = "someone@example.com", role = "member", expires_at = Time }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        var results = await (await tenant.Client.PostJson(
            "/v1/metering/events", new { events = new[] { Metered(line.Id, Time) } })).Data();
        results[0].GetProperty("result").GetString().Should().Be("rejected");
        await (await tenant.Client.GetAsync($"/v1/events?organization_id={tenant.Id}&from={Time}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");
    }

    private static object Metered(string line, string at) => new
    {
        id = Guid.NewGuid().ToString(),
        service_line_id = line,
        metric = "hours",
        quantity = 1,
        unit = "hour",
        cost = 1,
        currency = "USD",
        occurred_at = at,
    };
}
