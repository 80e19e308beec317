using System.Net;
using WorkspaceService.Features.Organizations;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>What one may not do is not offered: every link of every page that links lead to is answered.</summary>
[Collection("Webhooks")]
public sealed class OffersTests(WebhookFixture service)
{
    [Theory]
    [InlineData("owner")]
    [InlineData("member")]
    public async Task In_a_suspended_organization_there_are_pages_to_read_and_nothing_to_send(string who)
    {
        var walk = await RouteWalk.FillAsync(service);
        await service.Do(new UpdateOrganization.Command(
            ServiceFixture.RootCaller, walk.Tenant.Id, new() { Status = "suspended" }));
        using var visitor = await ConsoleVisitor.SignInAsync(
            service, who == "owner" ? walk.Tenant.OwnerKey : walk.Member.Key);

        var pages = await WalkAsync(visitor, $"/console/organizations/{walk.Tenant.Id}");

        pages.Should().OnlyContain(page => page.Status == HttpStatusCode.OK);
        var own = who == "owner" ? walk.Tenant.Owner.Id : walk.Member.Id;
        // One's own name and keys are no organization's.
        pages.Where(page => !page.Address.Contains(own, StringComparison.Ordinal))
            .SelectMany(page => page.Forms.Select(form => $"{page.Address}: {form}")).Should().BeEmpty();
        pages.Count.Should().BeGreaterThan(who == "owner" ? 20 : 5);
    }

    [Theory]
    [InlineData("owner")]
    [InlineData("member")]
    public async Task No_link_leads_to_a_refusal(string who)
    {
        var walk = await RouteWalk.FillAsync(service);
        using var visitor = await ConsoleVisitor.SignInAsync(
            service, who == "owner" ? walk.Tenant.OwnerKey : walk.Member.Key);

        var pages = await WalkAsync(visitor, $"/console/organizations/{walk.Tenant.Id}");

        pages.Should().OnlyContain(page => page.Status == HttpStatusCode.OK);
        pages.Where(page => page.Forms.Count > 0).Should().NotBeEmpty("there is something to do here");
    }

    private static readonly string[] OfOneself = ["/console/preferences", "/console/api-keys"];

    private static async Task<List<Shown>> WalkAsync(ConsoleVisitor visitor, string start)
    {
        var pages = new List<Shown>();
        var seen = new HashSet<string> { start };
        var open = new Queue<string>(seen);
        while (open.TryDequeue(out var address))
        {
            await visitor.GoAsync(address);
            if (visitor.First.Content.Headers.ContentType?.MediaType != "text/html" || visitor.Address != address)
            {
                continue; // a file, or a page that led on to another
            }

            var main = visitor.Page.QuerySelector("main")!;
            pages.Add(new(address, visitor.Status, [.. main.QuerySelectorAll("form[method=post]")
                .Select(form => form.GetAttribute("action") ?? "itself")]));
            foreach (var link in visitor.Page.QuerySelectorAll("a").Select(link => link.GetAttribute("href")!)
                .Where(link => link.StartsWith("/console/", StringComparison.Ordinal)
                    && !OfOneself.Contains(link) && !link.Contains("sort=", StringComparison.Ordinal)
                    && !link.Contains("month=", StringComparison.Ordinal)))
            {
                // Of a list's many orders, and of the months of all time, one is enough.
                if (seen.Add(link))
                {
                    open.Enqueue(link);
                }
            }
        }

        return pages;
    }

    private sealed record Shown(string Address, HttpStatusCode Status, IReadOnlyList<string> Forms);
}
