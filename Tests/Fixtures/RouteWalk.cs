using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace WorkspaceService;

/// <summary>
/// The route table, and a tenant with one thing of every kind, so that each route can be called with ids that exist.
/// </summary>
public sealed record RouteWalk(Tenant Tenant, Person Member, Person Invitee, Dictionary<string, string> Ids)
{
    /// <summary>
    /// All but the live stream, whose answer has no end: StreamEventsTests asks it the same; and the console, which has
    /// tests of its own.
    /// </summary>
    public static IEnumerable<(RouteEndpoint Endpoint, string Method)> Routes(ServiceFixture service) =>
        from endpoint in service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where endpoint.RoutePattern.RawText != "/v1/events/stream"
            && !endpoint.RoutePattern.RawText!.StartsWith("/console", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
        select (endpoint, method);

    public static async Task<RouteWalk> FillAsync(ServiceFixture service)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Workspace");
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        var invitee = await tenant.NewMemberAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, invitee.Email);
        var closed = await tenant.NewWorkspaceAsync("Closed", "closed");
        var line = await tenant.NewLineAsync(workspace.Id);
        var webhook = await tenant.NewIdleWebhookAsync();
        var ids = new Dictionary<string, string>
        {
            ["organization"] = tenant.Id,
            ["workspace"] = workspace.Id,
            ["user"] = member.Id,
            ["invitation"] = invitation.Id,
            ["token"] = invitation.Token!,
            ["serviceLine"] = line.Id,
            ["documentName"] = "v1",
            ["key"] = await MakeAsync(
                tenant.Client, "/v1/api-keys", new { name = "CI", type = "secret", organization_id = tenant.Id }),
            ["integration"] = await MakeAsync(
                tenant.Client,
                "/v1/integrations",
                new { workspace_id = workspace.Id, type = "github", config = new { org = "apex-digital" } }),
            ["request"] = await MakeAsync(
                member.Client, $"/v1/workspaces/{closed.Id}/join-requests", new { }),
            ["closed"] = closed.Id,
            ["webhook"] = webhook.Id,
            ["delivery"] = await tenant.NewDeliveryAsync(webhook.Id),
        };
        foreach (var name in new[] { "workspace", "user", "invitation" })
        {
            ids[name + "Number"] = ids[name].Number().ToString(CultureInfo.InvariantCulture);
        }

        return new RouteWalk(tenant, member, invitee, ids);
    }

    /// <summary>The path of a route with ids that exist, and the query that it cannot do without.</summary>
    public string Url(RouteEndpoint endpoint, string method)
    {
        var pattern = endpoint.RoutePattern;
        var path = "/" + string.Join('/', pattern.PathSegments.Select(segment =>
            string.Concat(segment.Parts.Select(part => part switch
            {
                RoutePatternParameterPart { Name: "workspace" } when pattern.GetParameter("request") is not null =>
                    Ids["closed"],
                RoutePatternParameterPart parameter => Ids[parameter.Name],
                _ => ((RoutePatternLiteralPart)part).Content,
            }))));
        return method == "GET" ? path + Query(pattern.RawText!) : path;
    }

    /// <summary>A client whose caller may call the route.</summary>
    public HttpClient Client(RouteEndpoint endpoint, string method) =>
        endpoint.RoutePattern.GetParameter("token") is not null ? Invitee.Client
        : endpoint.RoutePattern.GetParameter("request") is not null && method == "DELETE" ? Member.Client
        : Tenant.Client;

    private string Query(string route) => route switch
    {
        "/v1/workspaces" or "/v1/events" or "/v1/api-keys" or "/v1/users" or "/v1/audit-logs"
            or "/v1/audit-logs/export" => $"?organization_id={Tenant.Id}",
        "/v1/service-lines" or "/v1/integrations" or "/v1/can-use-site" => $"?workspace_id={Ids["workspace"]}",
        "/v1/workspaces/{workspace}/access" => $"?user_id={Member.Id}&role=member",
        _ => "",
    };

    private static async Task<string> MakeAsync(HttpClient client, string url, object body) =>
        (await (await client.PostJson(url, body)).Data(HttpStatusCode.Created)).GetProperty("id").GetString()!;
}
