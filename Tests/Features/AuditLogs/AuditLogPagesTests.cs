using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using WorkspaceService.Features.ApiKeys;

namespace WorkspaceService.Features.AuditLogs;

/// <summary>The clock is set forward in these, by hours: sessions end.</summary>
public sealed class AuditLogPagesTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task The_newest_entry_stands_first_with_what_it_changed()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform");
        await tenant.TouchAsync(workspace.Id);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/organizations/{tenant.Id}");
        await admin.ClickAsync("Audit log");

        var newest = admin.Page.QuerySelector("main tbody tr")!;
        newest.QuerySelector("th")!.Text().Trim().Should().StartWith("workspace.updated");
        newest.QuerySelector("details th[scope=row]")!.Text().Should().Be("description");
        newest.QuerySelector("details td:last-child")!.Text().Should().StartWith("Touched ");
        newest.QuerySelectorAll("td a").Select(link => link.GetAttribute("href")).Should().Equal(
            $"/console/users/{tenant.Owner.Id}", $"/console/workspaces/{workspace.Id}");
        newest.QuerySelector(".clipped [data-copy]")!.GetAttribute("data-copy").Should().Be("test");
    }

    [Fact]
    public async Task A_filter_leaves_what_it_says_and_is_part_of_the_address()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await tenant.TouchAsync(workspace.Id);
        await tenant.Client.DeleteAsync($"/v1/workspaces/{workspace.Id}/members/{tenant.Owner.Id}");
        await service.WaitForRefusalsAsync(tenant.Id, 1);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/audit-logs?organization_id={tenant.Id}");

        await admin.SendAsync("main form.filters", ("action", "workspace.updated"));
        ActionsOf(admin).Should().Equal("workspace.updated");
        await admin.SendAsync("main form.filters", ("action", ""), ("outcome", "denied"));
        ActionsOf(admin).Should().Equal("RemoveMember");
        admin.Text.Should().Contain("last_admin");
        await admin.ClickAsync("Clear");
        ActionsOf(admin).Should().HaveCountGreaterThan(2);
    }

    [Fact]
    public async Task The_last_day_of_a_filter_is_in_by_the_zone_of_the_reader()
    {
        var tenant = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        admin.Cookies.Add(service.ClientOptions.BaseAddress, new Cookie("workspaces_zone", "Pacific/Kiritimati"));
        var there = service.Clock.Now.ToOffset(TimeSpan.FromHours(14));
        var today = there.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var tomorrow = there.AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        await admin.GoAsync($"/console/audit-logs?organization_id={tenant.Id}&from={today}&to={today}");
        ActionsOf(admin).Should().Contain("workspace.created");
        admin.Page.QuerySelector("input[name=to]")!.GetAttribute("value").Should().Be(today);
        await admin.GoAsync($"/console/audit-logs?organization_id={tenant.Id}&from={tomorrow}&to={tomorrow}");
        admin.Text.Should().Contain("No entry matches");
    }

    [Fact]
    public async Task The_next_page_is_the_same_for_a_reader_in_another_zone()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        for (var n = 0; n < 30; n++)
        {
            await tenant.TouchAsync(workspace.Id);
        }

        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        var day = service.Clock.Now.AddDays(-1).ToString(
            "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await admin.GoAsync($"/console/audit-logs?organization_id={tenant.Id}&sort=-occurred_at&from={day}");
        admin.Cookies.Add(service.ClientOptions.BaseAddress, new Cookie("workspaces_zone", "Pacific/Kiritimati"));

        await admin.ClickAsync("Next page");

        admin.Status.Should().Be(HttpStatusCode.OK);
        ActionsOf(admin).Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_filter_that_cannot_be_read_says_so_and_leads_back_to_the_list()
    {
        var tenant = await service.NewTenantAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/audit-logs?organization_id={tenant.Id}&outcome=maybe");
        admin.Status.Should().Be(HttpStatusCode.BadRequest);
        admin.Text.Should().Contain("outcome");
        await admin.ClickAsync("Show all");

        admin.Address.Should().Be($"/console/audit-logs?organization_id={tenant.Id}");
        admin.Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_is_filtered_is_what_is_exported()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await tenant.TouchAsync(workspace.Id);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/audit-logs?organization_id={tenant.Id}&action=workspace.updated");

        await admin.ClickAsync("Export CSV");

        admin.First.Content.Headers.ContentDisposition!.FileName.Should().Contain($"audit-log-{tenant.Id}.csv");
        var lines = (await admin.First.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Should().HaveCount(2);
        lines[1].Should().Contain("workspace.updated");
    }

    [Fact]
    public async Task A_member_is_not_offered_it_and_refused_all_the_same()
    {
        var tenant = await service.NewTenantAsync();
        var member = await tenant.NewMemberAsync();
        using var visitor = await ConsoleVisitor.SignInAsync(service, member.Key);

        await visitor.GoAsync($"/console/organizations/{tenant.Id}");
        visitor.Page.QuerySelectorAll("nav a").Select(link => link.Text()).Should().Contain("Workspaces")
            .And.NotContain("Audit log");
        foreach (var page in new[] { "", "/export", "/live" })
        {
            await visitor.GoAsync($"/console/audit-logs{page}?organization_id={tenant.Id}");
            visitor.Status.Should().Be(HttpStatusCode.Forbidden, page);
        }
    }

    [Fact]
    public async Task What_happens_next_comes_as_the_row_that_the_page_would_have()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/audit-logs?organization_id={tenant.Id}");
        var live = admin.Page.QuerySelector("[data-live]")!.GetAttribute("data-live")!;
        var between = await tenant.TouchAsync(workspace.Id);

        await using var stream = await FollowAsync(admin, live);
        var after = await tenant.TouchAsync(workspace.Id);
        var (first, second) = (await NextAsync(stream), await NextAsync(stream));

        await admin.GoAsync($"/console/audit-logs?organization_id={tenant.Id}");
        first.Should().Be(RowOf(admin.Page, between), "what was done between page and stream is not lost");
        second.Should().Be(RowOf(admin.Page, after));
    }

    [Fact]
    public async Task Later_pages_and_other_orders_are_not_followed()
    {
        var tenant = await service.NewTenantAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/audit-logs?organization_id={tenant.Id}&sort=-occurred_at");
        admin.Page.QuerySelector("[data-live]").Should().NotBeNull();
        foreach (var other in new[] { "sort=occurred_at", "outcome=denied", "actor_type=root", "to=2099-01-01" })
        {
            await admin.GoAsync($"/console/audit-logs?organization_id={tenant.Id}&{other}");
            admin.Page.QuerySelector("[data-live]").Should().BeNull(other);
        }
    }

    [Fact]
    public async Task Following_ends_with_the_key()
    {
        var tenant = await service.NewTenantAsync();
        var key = (await service.Do(new CreateApiKey.Command(
            ServiceFixture.RootCaller, "Visit", "user", UserId: tenant.Owner.Id))).Value;
        using var admin = await ConsoleVisitor.SignInAsync(service, key.Key!);
        await using var stream = await FollowAsync(admin, $"/console/audit-logs/live?organization_id={tenant.Id}");

        await service.Do(new RevokeApiKey.Command(ServiceFixture.RootCaller, key.Id));

        (await EndAsync(stream)).Should().BeTrue();
    }

    [Fact]
    public async Task Following_ends_with_the_session()
    {
        var tenant = await service.NewTenantAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await using var stream = await FollowAsync(admin, $"/console/audit-logs/live?organization_id={tenant.Id}");

        service.Clock.Advance(TimeSpan.FromHours(2));

        (await EndAsync(stream)).Should().BeTrue("nothing was done in the session for longer than it lasts");
    }

    private static IEnumerable<string> ActionsOf(ConsoleVisitor visitor) =>
        visitor.Page.QuerySelectorAll("main table.log > tbody > tr > th")
            .Select(cell => cell.ChildNodes[0].TextContent.Trim());

    private static string RowOf(IParentNode page, string id) => Plain(page.QuerySelector($"#{id}")!);

    private static string Plain(IElement row) => string.Join(' ', row.OuterHtml.Split((char[]?)null,
        StringSplitOptions.RemoveEmptyEntries)).Replace("> <", "><", StringComparison.Ordinal);

    private async Task<IAsyncEnumerator<SseItem<string>>> FollowAsync(ConsoleVisitor visitor, string address)
    {
        var browser = new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = visitor.Cookies };
        var http = new HttpClient(browser)
        {
            BaseAddress = service.ClientOptions.BaseAddress,
        };
        var response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
        return SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator();
    }

    private static async Task<string> NextAsync(IAsyncEnumerator<SseItem<string>> stream)
    {
        (await stream.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30))).Should().BeTrue();
        stream.Current.EventType.Should().Be("row");
        var row = new HtmlParser().ParseDocument($"<table><tbody>{stream.Current.Data}</tbody></table>");
        return Plain(row.QuerySelector("tbody > tr")!);
    }

    private static async Task<bool> EndAsync(IAsyncEnumerator<SseItem<string>> stream)
    {
        while (await stream.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)))
        {
        }

        return true;
    }
}
