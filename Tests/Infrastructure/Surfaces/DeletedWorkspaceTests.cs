using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using WorkspaceService.Features.JoinRequests;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// What a deleted workspace held can be read nowhere: the route table is walked, so a new endpoint is covered without
/// being named here. Its events stay.
/// </summary>
[Collection("Surfaces")]
public sealed class DeletedWorkspaceTests(ServiceFixture service)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_of_it_is_found_through_any_endpoint(bool byTape)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Vanishing point", "closed");
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        var asking = await tenant.NewMemberAsync();
        var request = (await service.Do(new RequestToJoin.Command(await asking.CallerAsync(), workspace.Id))).Value;
        var invitation = await tenant.InviteAsync(workspace.Id, $"vanishing-{byTape}@example.com");
        var narrowed = await tenant.ServiceKeyAsync("secret", workspace.Id);
        var ids = new Dictionary<string, string>
        {
            ["workspace"] = workspace.Id,
            ["workspaceNumber"] = $"{workspace.Id.Number()}",
            ["user"] = member.Id,
            ["userNumber"] = $"{member.Id.Number()}",
            ["request"] = request.Id,
            ["invitation"] = invitation.Id,
            ["organization"] = tenant.Id,
        };

        var deleted = await tenant.Client.DeleteAsync(
            byTape ? $"/v1/workspace/{workspace.Id.Number()}" : $"/v1/workspaces/{workspace.Id}");

        deleted.IsSuccessStatusCode.Should().BeTrue(await deleted.Content.ReadAsStringAsync());
        var walked = 0;
        var found = new List<string>();
        foreach (var (endpoint, method) in Endpoints(ids).Where(route => !IsOfConsole(route.Endpoint)))
        {
            var namesIt = endpoint.RoutePattern.Parameters.Any(p => p.Name is "workspace" or "workspaceNumber");
            if (!namesIt && method != "GET")
            {
                continue;
            }

            walked++;
            var url = Url(endpoint, ids);
            var answer = await tenant.Client.SendJson(
                new HttpMethod(method), url, method is "GET" or "DELETE" ? null : "{}");
            var text = await answer.Content.ReadAsStringAsync();
            if (namesIt ? answer.StatusCode != HttpStatusCode.NotFound : !IsRecord(url) && Shows(text, workspace.Id))
            {
                found.Add($"{method} {url} answers {(int)answer.StatusCode}: {text}");
            }
        }

        walked.Should().BeGreaterThan(15);
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        foreach (var page in Endpoints(ids)
            .Where(route => IsOfConsole(route.Endpoint) && route.Method == "GET")
            .Where(route => route.Endpoint.RoutePattern.GetParameter("workspace") is not null))
        {
            await owner.GoAsync(Url(page.Endpoint, ids));
            owner.Status.Should().Be(HttpStatusCode.NotFound, owner.Address);
        }

        found.Should().BeEmpty();
        (await service.Client(narrowed).GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await service.Client(null).GetAsync($"/v1/invitations/{invitation.Token}")).StatusCode
            .Should().Be(HttpStatusCode.NotFound);
        (await service.EventTypesAsync(workspace.Id))
            .Should().EndWith("workspace.deleted").And.Contain(["workspace.created", "join_request.created"]);
        (await tenant.NewWorkspaceAsync("Vanishing point")).Slug.Should().Be(workspace.Slug);
    }

    private static bool IsOfConsole(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.RawText!.StartsWith(ConsoleSurface.Prefix, StringComparison.Ordinal);

    // The record of what happened names what it happened to; a revoked key says what it was narrowed to.
    private static bool IsRecord(string url) => url is "/v1/events" or "/v1/api-keys";

    private static bool Shows(string text, string workspace) =>
        text.Contains(workspace, StringComparison.Ordinal)
            || text.Contains("Vanishing point", StringComparison.Ordinal);

    private IEnumerable<(RouteEndpoint Endpoint, string Method)> Endpoints(Dictionary<string, string> ids) =>
        from endpoint in service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
        where endpoint.RoutePattern.Parameters.All(p => ids.ContainsKey(p.Name))

        // It has no end, and sends what the list of events shows.
        where endpoint.RoutePattern.RawText != "/v1/events/stream"
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
        select (endpoint, method);

    private static string Url(RouteEndpoint endpoint, Dictionary<string, string> ids) =>
        "/" + string.Join(
            '/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part =>
                part is RoutePatternParameterPart parameter
                    ? ids[parameter.Name]
                    : ((RoutePatternLiteralPart)part).Content))));
}
