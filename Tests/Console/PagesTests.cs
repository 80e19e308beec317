using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Webhooks;
using Xunit.Abstractions;

namespace WorkspaceService.Browser;

/// <summary>
/// Every page that a caller is led to by links: each is there, says nothing to the browser's console, asks no other
/// host, has no violation that axe finds (WCAG 2.2 AA), and fits on a phone; in light and in dark, and with messages
/// beside its fields where it has a form.
/// </summary>
[Collection("Browser")]
[TestCaseOrderer(BrowserTestOrder.Name, BrowserTestOrder.Assembly)]
public sealed partial class PagesTests(BrowserFixture browser, ITestOutputHelper output)
{
    // As many windows look at the same time.
    private const int Windows = 2;

    // Empties what can be typed and takes every choice away; true where that is bound to be refused.
    private const string Empty = """
        () => {
          const form = document.querySelector("main form.form");
          if (!form) return false;
          const typed = [...form.querySelectorAll("input:not([type=hidden], [type=checkbox], [type=radio]), textarea")];
          const chosen = [...form.querySelectorAll("input[type=radio], input[type=checkbox]")];
          for (const field of typed) field.value = field.type === "number" ? "-1" : "";
          for (const field of chosen) field.checked = false;
          return typed.length + form.querySelectorAll("input[type=radio]").length > 0;
        }
        """;

    // What is no page of its own: assets, downloads, streams, and where another page leads at once.
    private static readonly string[] NoPages =
    [
        "/console", "/console/assets/{}", "/console/audit-logs/export", "/console/audit-logs/live", "/console/sign-in",
        "/console/invitations/{}",
    ];

    // What a button does at once, and what an invited person answers: these are shown where that is refused, or in a
    // state that the demo has not.
    private static readonly string[] AfterButtons =
    [
        "/console/organizations/{}/members/{}/role", "/console/workspaces/{}/members/{}/role",
        "/console/workspaces/{}/join-requests/{}/approve", "/console/workspaces/{}/join-requests/{}/deny",
        "/console/workspaces/{}/join-requests/own", "/console/workspaces/{}/join-requests/{}/withdraw",
        "/console/invitations/{}/accept", "/console/invitations/{}/decline",
        "/console/service-lines/{}/activate", "/console/service-lines/{}/pause",
        "/console/webhooks/{}/test", "/console/webhooks/{}/deliveries/{}/retry",
    ];

    private static readonly ConcurrentDictionary<string, HashSet<string>> Reached = [];

    [BrowserTheory]
    [InlineData("owner")]
    [InlineData("root")]
    [InlineData("member")]
    [InlineData("viewer")]
    public Task The_pages_of(string caller) => WalkAsync(caller);

    [BrowserFact]
    public async Task The_pages_of_nobody_and_those_that_say_why_there_is_no_other()
    {
        var findings = new List<string>();
        foreach (var (caller, url, status) in new (string?, string, int)[]
        {
            (null, "/console/sign-in", 200),
            (null, $"/console/workspaces/{BrowserFixture.Workspace}", 200), // asks for a key, and leads there then
            (null, "/console/invitations/unknown", 404),
            ("viewer", "/console/organizations/new", 403),
            ("owner", "/console/users/USR-26-999999", 404),
            ("owner", $"/console/service-lines?workspace_id={BrowserFixture.Workspace}&status=none", 400),
        })
        {
            await using var window = await browser.OpenAsync(caller is null ? null : browser.Keys[caller]);
            (await window.Page.GotoAsync(url))!.Status.Should().Be(status, url);
            findings.AddRange(await window.Page.LookAsync());
            findings.AddRange(window.ComplaintsBesideRefusals);
        }

        string.Join('\n', findings).Should().BeEmpty();
    }

    [BrowserFact]
    public async Task Every_page_is_reached_by_links()
    {
        foreach (var caller in new[] { "owner", "root", "member" }.Where(caller => !Reached.ContainsKey(caller)))
        {
            await WalkAsync(caller, looks: false);
        }

        var pages = browser.Service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/console", StringComparison.Ordinal)
                && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Contains("GET"))
            .Select(endpoint => RouteParameter().Replace(endpoint.RoutePattern.RawText!, "{}")).Distinct()
            .Except(NoPages).Except(AfterButtons).ToList();

        pages.Should().HaveCountGreaterThan(20);
        string.Join('\n', pages.Except(Reached.Values.SelectMany(patterns => patterns))).Should().BeEmpty();
    }

    [BrowserFact]
    public async Task Words_of_any_length_fit()
    {
        var tenant = await browser.Service.NewTenantAsync();
        string Long(int length) => new('W', length);
        var workspace = await tenant.NewWorkspaceAsync(Long(120), "closed");
        var line = await tenant.NewLineAsync(workspace.Id, name: Long(120));
        var address = $"{Long(60)}@{Long(60)}.{Long(60)}.example.com";
        var member = await tenant.NewMemberAsync(name: Long(120), email: address);
        await tenant.InviteAsync(workspace.Id, "a" + address);
        await browser.Service.Do(
            new AddMember.Command(ServiceFixture.RootCaller, workspace.Id, member.Id, "member"));
        var invitation = await tenant.InviteAsync(workspace.Id, $"christopher.montgomery{Long(9)}@example.com");
        var owner = await tenant.OwnerAsync();
        var key = await browser.Service.Do(
            new CreateApiKey.Command(owner, Long(120), "secret", tenant.Id, workspace.Id, Permissions: ["read"]));
        var webhook = await browser.Service.Do(
            new CreateWebhook.Command(owner, tenant.Id, $"https://example.com/{Long(300)}", ["*"], workspace.Id));
        await browser.Service.Do(new UpdateOrganization.Command(
            ServiceFixture.RootCaller, tenant.Id, new() { Name = Long(120), PlanId = Long(100) }));
        await using var window = await browser.OpenAsync(tenant.OwnerKey);
        var inside = $"/console/workspaces/{workspace.Id}";
        var findings = new List<string>();

        foreach (var url in new[]
        {
            "/console/organizations", $"/console/organizations/{tenant.Id}", $"/console/organizations/{tenant.Id}/plan",
            $"/console/organizations/{tenant.Id}/members", $"/console/organizations/{tenant.Id}/settings",
            $"/console/organizations/{tenant.Id}/members/{member.Id}/remove",
            inside, $"{inside}/members", $"{inside}/invitations", $"{inside}/settings", $"{inside}/archive",
            $"{inside}/delete", $"{inside}/members/{member.Id}/remove", $"{inside}/members/add",
            $"{inside}/invitations/{invitation.Id}/revoke", $"/console/invitations/{invitation.Token}",
            $"/console/users/{member.Id}", $"/console/service-lines?workspace_id={workspace.Id}",
            $"/console/service-lines/{line.Id}", $"/console/service-lines/{line.Id}/close",
            $"/console/api-keys?organization_id={tenant.Id}", $"/console/api-keys/{key.Value.Id}",
            $"/console/api-keys/{key.Value.Id}/revoke", $"/console/webhooks?organization_id={tenant.Id}",
            $"/console/webhooks/{webhook.Value.Id}", $"/console/webhooks/{webhook.Value.Id}/delete",
            $"/console/audit-logs?organization_id={tenant.Id}", $"/console/search?q={Long(40)}",
        })
        {
            var answer = await window.Page.GotoAsync(url);
            answer!.Status.Should().Be(200, url);
            findings.AddRange(await window.Page.FitAsync());
        }

        string.Join('\n', findings).Should().BeEmpty();
    }

    private async Task WalkAsync(string caller, bool looks = true)
    {
        string[] beginnings =
        [
            "/console", $"/console/workspaces/{BrowserFixture.Workspace}",
            $"/console/workspaces/{browser.Archived}", $"/console/users/{BrowserFixture.Person}",
        ];
        var round = caller is "owner" or "root" ? beginnings : beginnings[..2];
        var seen = round.Select(ViewOf).ToHashSet();
        var findings = new ConcurrentBag<string>();
        var windows = await Task.WhenAll(
            Enumerable.Range(0, Windows).Select(_ => browser.OpenAsync(browser.Keys[caller])));
        var refused = 0;
        while (round.Length > 0)
        {
            // Each window takes the next address; what they lead to is in the order of the addresses all the same.
            var (next, links) = (-1, new string[round.Length][]);
            await Task.WhenAll(windows.Select(async window =>
            {
                for (int i; (i = Interlocked.Increment(ref next)) < round.Length;)
                {
                    links[i] = await VisitAsync(window.Page, round[i]);
                }
            }));
            round = [.. links.SelectMany(found => found).Where(link => seen.Add(ViewOf(link)))];
        }

        foreach (var window in windows)
        {
            window.ComplaintsBesideRefusals.ToList().ForEach(findings.Add);
            await window.DisposeAsync();
        }

        output.WriteLine($"{caller} was led to {seen.Count} views and refused {refused} forms");
        seen.Should().HaveCountGreaterThan(10);
        string.Join('\n', findings.Order().DistinctBy(finding => finding.Split(" px: ")[^1])).Should().BeEmpty();
        refused.Should().Be(looks ? Math.Max(refused, 1) : 0);
        Reached[caller] = [.. seen.Select(view => view.Split('?')[0])];

        async Task<string[]> VisitAsync(IPage page, string url)
        {
            var response = await page.GotoAsync(url);
            if (response!.Status != 200)
            {
                findings.Add($"{url} is offered and answers {response.Status}");
                return [];
            }

            var found = await LinksAsync(page);
            if (looks)
            {
                (await page.LookAsync()).ForEach(findings.Add);
                if (await page.EvaluateAsync<bool>(Empty))
                {
                    await page.Locator("main form.form .buttons button").ClickAsync();
                    await page.Locator("main form.form").Locator(".error, [role=alert]").First.WaitForAsync();
                    (await page.LookAsync()).ForEach(findings.Add);
                    Interlocked.Increment(ref refused);
                }
            }

            return found;
        }
    }

    // But for those of the audit log, which names things that are gone.
    private static async Task<string[]> LinksAsync(IPage page)
    {
        var links = await page.EvalOnSelectorAllAsync<string[]>(
            "a[href]:not([data-live] a)", "links => links.map(link => link.getAttribute('href'))");
        return [.. links.Where(link => link.StartsWith("/console", StringComparison.Ordinal)
            && !link.StartsWith("/console/audit-logs/export", StringComparison.Ordinal))];
    }

    // One view of each kind: ids and values of parameters are left out.
    private static string ViewOf(string link)
    {
        var parts = link.Split('?');
        var names = parts.Length == 1 ? "" : string.Join(
            '&', parts[1].Split('&').Select(pair => pair.Split('=')[0]).Order(StringComparer.Ordinal));
        return BrowserLook.PatternOf(link) + "?" + names;
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex RouteParameter();
}
