using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace WorkspaceService.Browser;

/// <summary>
/// Every page that a caller is led to by links: each is there, says nothing to the browser's console, asks no other
/// host, has no violation that axe finds (WCAG 2.2 AA), and fits on a phone.
/// </summary>
[Collection("Browser")]
public sealed partial class PagesTests(BrowserFixture browser, ITestOutputHelper output)
{
    private static readonly string[] Standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

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

    private static readonly Dictionary<string, HashSet<string>> Reached = [];

    [BrowserFact]
    public Task The_owners_pages() => WalkAsync("owner", ColorScheme.Light, ColorScheme.Dark);

    [BrowserFact]
    public Task The_operators_pages() => WalkAsync("root", ColorScheme.Dark);

    [BrowserFact]
    public Task A_members_pages() => WalkAsync("member", ColorScheme.Light);

    [BrowserFact]
    public Task A_viewers_pages() => WalkAsync("viewer", ColorScheme.Dark);

    private async Task WalkAsync(string caller, params ColorScheme[] schemes)
    {
        await using var window = await browser.OpenAsync(caller);
        var page = window.Page;
        string[] beginnings =
        [
            "/console", $"/console/workspaces/{BrowserFixture.Workspace}",
            $"/console/workspaces/{browser.Archived}", $"/console/users/{BrowserFixture.Person}",
        ];
        var queue = new Queue<string>(caller is "owner" or "root" ? beginnings : beginnings[..2]);
        var seen = queue.Select(PatternOf).ToHashSet();
        var findings = new List<string>();
        while (queue.TryDequeue(out var url))
        {
            var response = await page.GotoAsync(url);
            if (response!.Status != 200)
            {
                findings.Add($"{url} is offered and answers {response.Status}");
                continue;
            }

            foreach (var scheme in schemes)
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                findings.AddRange((await ViolationsAsync(page)).Select(violation => $"{url} in {scheme}: {violation}"));
            }

            await page.SetViewportSizeAsync(360, 740);
            if (await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") is > 360 and var width)
            {
                findings.Add($"{url} is {width} px wide on a phone of 360 px");
            }

            await page.SetViewportSizeAsync(1280, 860);
            foreach (var link in await LinksAsync(page))
            {
                if (seen.Add(PatternOf(link)))
                {
                    queue.Enqueue(link);
                }
            }
        }

        findings.AddRange(window.Complaints);
        output.WriteLine($"{caller} was led to {seen.Count} views");
        seen.Should().HaveCountGreaterThan(10);
        string.Join('\n', findings).Should().BeEmpty();
        lock (Reached)
        {
            Reached[caller] = [.. seen.Select(pattern => pattern.Split('?')[0])];
        }
    }

    [BrowserFact]
    public async Task Every_page_is_reached_by_links()
    {
        foreach (var caller in new[] { "owner", "root", "member" }.Where(caller => !Reached.ContainsKey(caller)))
        {
            await WalkAsync(caller);
        }

        var pages = browser.Service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/console", StringComparison.Ordinal)
                && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Contains("GET"))
            .Select(endpoint => RouteParameter().Replace(endpoint.RoutePattern.RawText!, "{}")).Distinct()
            .Except(NoPages).Except(AfterButtons).ToList();

        pages.Should().HaveCountGreaterThan(20);
        string.Join('\n', pages.Except(Reached.Values.SelectMany(patterns => patterns))).Should().BeEmpty();
    }

    private static async Task<IEnumerable<string>> ViolationsAsync(IPage page)
    {
        var result = await page.RunAxe(new AxeRunOptions
        {
            RunOnly = new RunOnlyOptions { Type = "tag", Values = [.. Standards] },
        });
        return result.Violations.Select(violation =>
            $"{violation.Id}: {string.Join("; ", violation.Nodes.Take(3).Select(node => node.Html))}");
    }

    // But for those of the audit log, which names things that are gone.
    private static async Task<IEnumerable<string>> LinksAsync(IPage page)
    {
        var links = await page.EvalOnSelectorAllAsync<string[]>(
            "a[href]:not([data-live] a)", "links => links.map(link => link.getAttribute('href'))");
        return links.Where(link => link.StartsWith("/console", StringComparison.Ordinal)
            && !link.StartsWith("/console/audit-logs/export", StringComparison.Ordinal));
    }

    // One view of each kind: ids and values of parameters are left out.
    private static string PatternOf(string link)
    {
        var parts = link.Split('?');
        var names = parts.Length == 1 ? "" : string.Join(
            '&', parts[1].Split('&').Select(pair => pair.Split('=')[0]).Order(StringComparer.Ordinal));
        return Code().Replace(parts[0], "/{}") + "?" + names;
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex RouteParameter();

    [GeneratedRegex(@"/([A-Z]{2,4}-\d\d-\d+|[a-z]{2,4}_\d\d_\d+)")]
    private static partial Regex Code();
}
