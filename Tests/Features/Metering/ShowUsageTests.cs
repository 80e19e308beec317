using System.Net;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Metering;

[Collection("Metering")]
public sealed class ShowUsageTests(ServiceFixture service)
{
    [Fact]
    public async Task It_sums_up_by_metric_over_the_days_of_the_period_both_included()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, "active");
        static DateTimeOffset At(int day, int hour = 0) => new(2026, 4, day, hour, 0, 0, TimeSpan.Zero);
        await service.MeterAsync(
            await tenant.OwnerAsync(),
            service.Usage(line.Id, cost: 1000, quantity: 8, at: At(1).AddTicks(-1)),
            service.Usage(line.Id, cost: 100, quantity: 7, at: At(1)),
            service.Usage(line.Id, cost: 10.5m, quantity: 6.25m, at: At(30, 23)),
            service.Usage(line.Id, cost: 0.000001m, quantity: 2, at: At(15), metric: "calls"),
            service.Usage(line.Id, cost: 5, quantity: 1, at: At(15)) with { Unit = null },
            service.Usage(line.Id, cost: 1000, quantity: 9, at: At(30).AddDays(1)));

        var usage = await (await tenant.Client.GetAsync(
            $"/v1/service-lines/{line.Id}/usage?from=2026-04-01&to=2026-04-30")).Data();

        usage.GetRawText().Should().Be(
            $$"""{"service_line_id":"{{line.Id}}","period":{"from":"2026-04-01","to":"2026-04-30"},"metrics":["""
            + """{"metric":"calls","quantity":2,"unit":"hour","cost":0.000001,"currency":"USD"},"""
            + """{"metric":"hours","quantity":1,"unit":null,"cost":5.00,"currency":"USD"},"""
            + """{"metric":"hours","quantity":13.25,"unit":"hour","cost":110.50,"currency":"USD"}]"""
            + ""","total_cost":115.500001,"currency":"USD"}""");
    }

    [Theory]
    [InlineData("", "2031-02-01", "2031-02-28")]
    [InlineData("?from=2030-12-24", "2030-12-24", "2031-02-28")]
    [InlineData("?to=2028-02-29", "2028-02-01", "2028-02-29")]
    [InlineData("?from=2031-02-10&to=2031-02-10", "2031-02-10", "2031-02-10")]
    public async Task Without_days_it_is_the_current_month(string query, string from, string to)
    {
        await using var alone = new ServiceFixture();
        await alone.InitializeAsync();
        var tenant = await alone.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id);
        alone.Clock.SetTo(new DateTimeOffset(2031, 2, 28, 23, 59, 30, TimeSpan.Zero));

        var usage = await (await tenant.Client.GetAsync($"/v1/service-lines/{line.Id}/usage{query}")).Data();

        usage.GetProperty("period").GetRawText().Should().Be($$"""{"from":"{{from}}","to":"{{to}}"}""");
        usage.GetProperty("metrics").GetArrayLength().Should().Be(0);
        usage.GetProperty("total_cost").GetRawText().Should().Be("0.00");
        await ((IAsyncLifetime)alone).DisposeAsync();
    }

    [Theory]
    [InlineData("from=2026-04", "from")]
    [InlineData("from=", "from")]
    [InlineData("from=2026-02-30", "from")]
    [InlineData("to=2026-04-01T00:00:00Z", "to")]
    [InlineData("to=now", "to")]
    [InlineData("from=2026-04-02&to=2026-04-01", "to")]
    public async Task A_wrong_period_is_refused(string query, string parameter)
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id);

        var problem = await (await tenant.Client.GetAsync($"/v1/service-lines/{line.Id}/usage?{query}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");

        problem.GetProperty("parameter").GetString().Should().Be(parameter);
    }

    [Fact]
    public async Task Those_who_see_the_line_see_its_usage()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "open");
        var line = await tenant.NewLineAsync(workspace.Id);
        var viewer = await tenant.NewMemberAsync();
        await tenant.AddToAsync(workspace.Id, viewer.Id, Roles.Viewer);
        var outsider = await tenant.NewMemberAsync();
        var writer = service.Client(await tenant.ServiceKeyAsync("secret", null, Permissions.MeteringWrite));

        (await viewer.Client.GetAsync($"/v1/service-lines/{line.Id}/usage")).StatusCode.Should().Be(HttpStatusCode.OK);
        await (await outsider.Client.GetAsync($"/v1/service-lines/{line.Id}/usage"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await outsider.Client.GetAsync($"/v1/service-lines/{line.Id}/usage?from=nonsense"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await writer.GetAsync($"/v1/service-lines/{line.Id}/usage"))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task Sums_beyond_what_a_column_of_millionths_holds_stay_exact()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, "active");
        var owner = await tenant.OwnerAsync();
        for (var month = 1; month <= 3; month++)
        {
            await service.MeterAsync(owner, [.. Enumerable.Range(0, 500).Select(_ =>
                service.Usage(
                    line.Id,
                    cost: 9_999_999_999.999999m,
                    quantity: 999_999_999_999.999999m,
                    at: new DateTimeOffset(2026, month, 1, 0, 0, 0, TimeSpan.Zero)))]);
        }

        var usage = await service.Do(new ShowUsage.Query(owner, line.Id, "2026-01-01", "2026-03-31"));

        usage.Metrics.Single().Quantity.Should().Be(1500 * 999_999_999_999.999999m);
        usage.TotalCost.Should().Be(1500 * 9_999_999_999.999999m);
        Money.FromMicros(0, 1).Should().Be(0.000001m);
    }
}
