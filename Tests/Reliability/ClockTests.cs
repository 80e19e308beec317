using System.Globalization;
using System.Net;
using System.Text.Json;
using WorkspaceService.Infrastructure.Database.Maintenance;

namespace WorkspaceService.Reliability;

/// <summary>The clock of the machine goes back an hour, or forward a year, while the service runs.</summary>
public sealed class ClockTests : IAsyncLifetime
{
    private readonly TestDatabase _database = TestDatabase.InFile();
    private readonly string _offset = Path.GetTempFileName();

    public Task InitializeAsync()
    {
        SetClock.To(_offset, TimeSpan.Zero);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        File.Delete(_offset);
    }

    [Fact]
    public async Task When_it_goes_back_an_hour_nothing_is_lost_repeated_or_held_up()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var service = await StartAsync();
        using var root = service.Client();
        var estate = await Estate.MakeAsync(root);
        await FollowAsync(root, estate, receiver);
        var page = await (await root.GetAsync("/v1/events?limit=20")).Json();
        var made = await PostUserAsync(root, "Ada", "K");
        var etag = (await root.GetAsync($"/v1/workspaces/{estate.Workspace}")).Headers.ETag!.ToString();
        var sequence = page.GetProperty("data")[0].GetProperty("sequence").GetInt64();
        using var follower = await EventFollower.OpenAsync(root, $"?after={sequence}");
        await MissAsync(service, receiver, root, estate);

        SetClock.To(_offset, TimeSpan.FromHours(-1));
        service.LimitFiles("unlimited");

        // What it had begun goes on: pages, retries, edits, streams, invitations.
        var rest = await root.AllAsync("/v1/events", CursorOf(page));
        rest.Should().NotBeEmpty();
        var again = await PostUserAsync(root, "Ada", "K");
        again.Headers.GetValues("Idempotency-Replayed").Should().Equal("true");
        (await again.Content.ReadAsStringAsync()).Should().Be(await made.Content.ReadAsStringAsync());
        (await root.SendJson(
            HttpMethod.Patch, $"/v1/workspaces/{estate.Workspace}", new { name = "Earlier" }, ("If-Match", etag)))
            .StatusCode.Should().Be(HttpStatusCode.PreconditionFailed, "it was changed meanwhile");
        (await root.PostJson($"/v1/invitations/{estate.Token}/accept", new { name = "Guest" })).StatusCode
            .Should().Be(HttpStatusCode.OK);
        var last = await root.MakeAsync("/v1/workspaces", new { organization_id = estate.Organization, name = "Last" });
        var events = await root.AllAsync("/v1/events");
        events.Select(each => each.GetProperty("sequence").GetInt64()).Should().BeInAscendingOrder()
            .And.OnlyHaveUniqueItems();
        events[^1].GetProperty("subject").GetProperty("id").GetString().Should().Be(last);
        TimeOf(events[^1]).Should().BeBefore(TimeOf(events[0]), "it is told as the clock tells it");
        (await follower.TakeAsync(events.Count - 1)).Texts("id").Should().Equal(events.Skip(1).Texts("id"));

        // An event of the future is refused, and the others of its batch are not.
        var metered = await (await root.PostJson("/v1/metering/events", new
        {
            events = new[] { Usage(estate, "now", TimeSpan.Zero), Usage(estate, "past", TimeSpan.FromHours(-2)) },
        })).Data();
        metered.EnumerateArray().Texts("result").Should().Equal("rejected", "accepted");

        // The receiver had failed the service when the clock went back, and yet has all at once.
        var sent = events.Where(each => each.GetProperty("organization_id").ValueKind == JsonValueKind.String)
            .SkipWhile(each => each.GetProperty("type").GetString() != "webhook.created").Skip(1).Texts("id").ToList();
        await Until.TrueAsync(
            () => sent.All(id => receiver.On("/hook").Any(delivery => delivery.Id == id)),
            () => $"{receiver.On("/hook").Select(delivery => delivery.Id).Distinct().Count()} of {sent.Count} arrived");
        await ShouldEndWellAsync(service, TimeSpan.FromHours(-1));
    }

    [Fact]
    public async Task When_it_goes_forward_a_year_what_has_an_end_ends_and_all_else_goes_on()
    {
        var year = TimeSpan.FromDays(366);
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var service = await StartAsync();
        using var root = service.Client();
        var estate = await Estate.MakeAsync(root);
        await FollowAsync(root, estate, receiver);
        var soon = DateTimeOffset.UtcNow.AddDays(3);
        await root.PatchJson(
            $"/v1/orgs/{estate.Organization}", new { subscription_status = "trialing", trial_ends_at = soon });
        var key = (await (await root.PostJson(
            "/v1/api-keys",
            new { name = "Short", type = "secret", organization_id = estate.Organization, expires_at = soon }))
            .Data(HttpStatusCode.Created)).GetProperty("key").GetString();
        using var client = service.Client(key);
        await PostUserAsync(root, "Ada", "K");
        (await (await root.PostJson("/v1/metering/events", new
        {
            events = new[] { Usage(estate, "now", TimeSpan.Zero) },
        })).Data())[0].GetProperty("result").GetString().Should().Be("accepted");
        var page = await (await root.GetAsync("/v1/events?limit=20")).Json();
        (await client.GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await CostAsync()).Should().Be(2.5m);
        (await MayUseAsync()).GetProperty("can_use_site").GetBoolean().Should().BeTrue();

        SetClock.To(_offset, year);

        (await client.GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await CostAsync()).Should().Be(0);
        (await MayUseAsync()).GetProperty("reason").GetString().Should().Be("trial_ended");
        ((int)(await root.PostJson($"/v1/invitations/{estate.Token}/accept", new { name = "Guest" })).StatusCode)
            .Should().BeInRange(400, 499);
        (await (await root.GetAsync($"/v1/workspaces/{estate.Workspace}/seats")).Data())
            .GetProperty("pending").GetInt32().Should().Be(0);
        var forgotten = await PostUserAsync(root, "Ada", "K");
        forgotten.StatusCode.Should().Be(HttpStatusCode.Conflict, "an answer is kept for 24 hours");
        var next = await root.MakeAsync("/v1/workspaces", new { organization_id = estate.Organization, name = "Next" });
        next.Should().StartWith(Year("WS", year));
        (await (await root.PostJson("/v1/metering/events", new { events = new[] { Usage(estate, "next", year) } }))
            .Data())[0].GetProperty("result").GetString().Should().Be("accepted");
        (await CostAsync()).Should().Be(2.5m);
        (await root.AllAsync("/v1/events", CursorOf(page))).Texts("subject", "id").Should().Contain(next);

        // The clock is mended.
        SetClock.To(_offset, TimeSpan.Zero);
        var mended = await root.MakeAsync(
            "/v1/workspaces", new { organization_id = estate.Organization, name = "Mended" });
        mended.Should().StartWith(Year("WS", TimeSpan.Zero));
        string.CompareOrdinal(mended[^6..], next[^6..]).Should().BePositive();
        (await root.AllAsync($"/v1/workspaces?organization_id={estate.Organization}&sort=-created_at"))
            .Texts("id").Should().StartWith([next, mended]);
        (await client.GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.OK);
        await Until.TrueAsync(() => receiver.On("/hook").Any(
            delivery => delivery.Body.Contains(mended, StringComparison.Ordinal)));
        await ShouldEndWellAsync(service, year);

        async Task<decimal> CostAsync() => (await (await root.GetAsync($"/v1/workspaces/{estate.Workspace}")).Data())
            .GetProperty("cost_mtd").GetDecimal();

        async Task<JsonElement> MayUseAsync() => await (await root.GetAsync(
            $"/v1/can-use-site?user_id={estate.Members[0]}&workspace_id={estate.Workspace}")).Data();
    }

    private Task<ServiceProcess> StartAsync() => ServiceProcess.ListeningAsync(
        _database,
        $"{ServiceProcess.FilesMayBeLimited}; {StartupHook.With((SetClock.Variable, _offset))}",
        ["--Webhooks:AllowHttp=true", "--Webhooks:AllowPrivateNetworks=true"]);

    private static async Task FollowAsync(HttpClient root, Estate estate, WebhookReceiver receiver) =>
        await root.MakeAsync("/v1/webhooks", new
        {
            organization_id = estate.Organization,
            url = $"{receiver.Address}/hook",
            events = new[] { "*" },
        });

    // What was sent cannot be stored, so that the webhook waits before it is tried again.
    private static async Task MissAsync(
        ServiceProcess service, WebhookReceiver receiver, HttpClient root, Estate estate)
    {
        var limited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        receiver.Answer = async (_, http) =>
        {
            await limited.Task;
            await WebhookReceiver.StatusAsync(http, 204);
        };
        (await root.PatchJson($"/v1/workspaces/{estate.Workspace}", new { name = "Changed" })).StatusCode
            .Should().Be(HttpStatusCode.OK);
        await Until.TrueAsync(() => Changes().Any());
        service.LimitFiles("0");
        limited.SetResult();
        await Until.TrueAsync(() => Changes().Count() > 1);

        IEnumerable<ReceivedDelivery> Changes() =>
            receiver.On("/hook").Where(delivery => delivery.Type == "workspace.updated");
    }

    private async Task ShouldEndWellAsync(ServiceProcess service, TimeSpan latest)
    {
        service.Output.Should().NotContain("\"status\":500");
        service.Terminate();
        (await service.EndAsync()).Should().Be(0);
        var clock = new TestClock();
        clock.Advance(latest > TimeSpan.Zero ? latest : TimeSpan.Zero);
        await using var connection = SqliteFile.Open(_database.File);
        (await Findings.FindAsync(connection, clock)).Should().BeEmpty();
    }

    private static Task<HttpResponseMessage> PostUserAsync(HttpClient root, string name, string key) => root.PostJson(
        "/v1/users", new { name, email = $"{name}@example.com" }, ("Idempotency-Key", key));

    private static object Usage(Estate estate, string id, TimeSpan at) => new
    {
        id,
        service_line_id = estate.Line,
        metric = "hours",
        quantity = 1,
        cost = 2.5,
        currency = "USD",
        occurred_at = DateTimeOffset.UtcNow + at,
    };

    private static string Year(string prefix, TimeSpan offset) => string.Create(
        CultureInfo.InvariantCulture, $"{prefix}-{(DateTimeOffset.UtcNow + offset).Year % 100:00}-");

    private static string? CursorOf(JsonElement page) => page.GetProperty("meta").GetProperty("cursor").GetString();

    private static DateTimeOffset TimeOf(JsonElement row) => row.GetProperty("occurred_at").GetDateTimeOffset();
}
