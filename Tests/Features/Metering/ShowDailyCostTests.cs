using System.Net;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Metering;

[Collection("Metering")]
public sealed class ShowDailyCostTests(ServiceFixture service)
{
    [Fact]
    public async Task It_sums_up_the_days_of_a_month_over_the_lines_of_the_workspace()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var first = await tenant.NewLineAsync(workspace.Id, "active", "First");
        var second = await tenant.NewLineAsync(workspace.Id, "active", "Second");
        var elsewhere = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync("Other")).Id, "active");
        static DateTimeOffset At(int day, int hour = 0) => new(2026, 4, day, hour, 0, 0, TimeSpan.Zero);
        await service.MeterAsync(
            await tenant.OwnerAsync(),
            service.Usage(first.Id, cost: 1000, at: At(1).AddTicks(-1)),
            service.Usage(first.Id, cost: 1.25m, at: At(1)),
            service.Usage(first.Id, cost: 2, at: At(1, 23), metric: "calls"),
            service.Usage(second.Id, cost: 10, at: At(1)),
            service.Usage(second.Id, cost: 0.000001m, at: At(30, 23)),
            service.Usage(elsewhere.Id, cost: 500, at: At(1)),
            service.Usage(first.Id, cost: 1000, at: At(30).AddDays(1)));
        await SetCurrencyAsync("EUR");
        await service.MeterAsync(
            await tenant.OwnerAsync(), service.Usage(second.Id, cost: 7, at: At(15)) with { Currency = "EUR" });
        await SetCurrencyAsync("USD");

        var cost = await service.Do(new ShowDailyCost.Query(await tenant.OwnerAsync(), workspace.Id, "2026-04"));

        cost.First.Should().Be(new DateOnly(2026, 4, 1));
        cost.IsPast.Should().BeTrue();
        cost.Days.Should().HaveCount(30);
        cost.Days.Where(day => day.Cost != 0).Should().Equal(
            new ShowDailyCost.DayCost(new DateOnly(2026, 4, 1), 13.25m),
            new ShowDailyCost.DayCost(new DateOnly(2026, 4, 30), 0.000001m));
        (cost.Total, cost.Currency).Should().Be((13.250001m, "USD"));
        cost.Others.Should().Equal(new ShowDailyCost.OtherTotal("EUR", 7));
        cost.Lines.Should().Equal(
            new ShowDailyCost.LineCost(second.Id, "Second", 10.000001m, "USD"),
            new ShowDailyCost.LineCost(first.Id, "First", 3.25m, "USD"),
            new ShowDailyCost.LineCost(second.Id, "Second", 7, "EUR"));

        async Task SetCurrencyAsync(string currency) => await service.Do(new UpdateWorkspace.Command(
            await tenant.OwnerAsync(),
            workspace.Id,
            new UpdateWorkspace.Body { Settings = new JsonObject { ["default_currency"] = currency } }));
    }

    [Fact]
    public async Task Without_a_month_it_is_the_current_one()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        await service.MeterAsync(await tenant.OwnerAsync(), service.Usage(line.Id, cost: 5));

        var cost = await service.Do(new ShowDailyCost.Query(await tenant.OwnerAsync(), workspace.Id));

        cost.IsPast.Should().BeFalse();
        cost.Total.Should().Be(5);
        cost.Days.Single(day => day.Cost != 0).Day.Should()
            .Be(DateOnly.FromDateTime(service.Clock.Now.UtcDateTime));
    }

    [Theory]
    [InlineData("2026-4")]
    [InlineData("2026-13")]
    [InlineData("2026-04-01")]
    [InlineData("april")]
    public async Task A_wrong_month_is_refused(string month)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var fault = await service.Refused(new ShowDailyCost.Query(await tenant.OwnerAsync(), workspace.Id, month));

        fault.Code.Should().Be("invalid_parameter");
        fault.Message.Should().Be("month: must be a month such as 2026-04.");
    }

    [Fact]
    public async Task Only_those_who_belong_to_the_workspace_see_it()
    {
        var tenant = await service.NewTenantAsync();
        var open = await tenant.NewWorkspaceAsync(type: "open");
        var hidden = await tenant.NewWorkspaceAsync("Hidden");
        var guest = await tenant.NewMemberOfAsync(open.Id, Roles.Guest);
        var outsider = await tenant.NewMemberAsync();

        (await service.Do(new ShowDailyCost.Query(await guest.CallerAsync(), open.Id))).Total.Should().Be(0);
        (await service.Refused(new ShowDailyCost.Query(await outsider.CallerAsync(), open.Id))).Code
            .Should().Be("forbidden");
        (await service.Refused(new ShowDailyCost.Query(await outsider.CallerAsync(), hidden.Id))).Code
            .Should().Be("not_found");
    }

    [Fact]
    public async Task Its_page_leads_from_month_to_month()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active", "Squad");
        await service.MeterAsync(
            await tenant.OwnerAsync(),
            service.Usage(line.Id, cost: 30, at: new DateTimeOffset(2026, 4, 2, 0, 0, 0, TimeSpan.Zero)));
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/workspaces/{workspace.Id}");
        await owner.ClickAsync("Cost by month");
        owner.Page.QuerySelector("a[rel=next]").Should().BeNull("the next month has not begun");
        await owner.GoAsync($"/console/workspaces/{workspace.Id}/cost?month=2026-05");
        await owner.ClickAsync("April 2026");

        owner.Address.Should().Be($"/console/workspaces/{workspace.Id}/cost?month=2026-04");
        owner.Page.QuerySelector(".bars tbody")!.Text().Should().Contain("2 April 2026").And.Contain("USD 30.00");
        owner.Page.QuerySelectorAll("tr").Single(row => row.Text().Contains(line.Id)).Text()
            .Should().Contain("100%");
        owner.Page.QuerySelector("a[rel=next]")!.Text().Should().Be("May 2026");

        await owner.GoAsync($"/console/workspaces/{workspace.Id}/cost?month=yesterday");
        owner.Status.Should().Be(HttpStatusCode.BadRequest);
        await owner.GoAsync($"/console/workspaces/{workspace.Id}/cost?month=0001-01");
        owner.Status.Should().Be(HttpStatusCode.OK);
        owner.Page.QuerySelector("a[rel=prev]").Should().BeNull("there is no day before it");
    }
}
