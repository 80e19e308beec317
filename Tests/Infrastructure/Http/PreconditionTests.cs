using System.Net;
using Microsoft.AspNetCore.Routing;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Http;

/// <summary><c>If-None-Match</c> on writes, by a walk of the route table.</summary>
public sealed class PreconditionTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Stale = "\"0-x\"";

    [Fact]
    public async Task Any_version_is_refused_on_every_write_of_what_exists_and_nothing_changes()
    {
        var walk = await RouteWalk.FillAsync(service);
        var before = await EventsAsync(walk);
        var walked = 0;
        foreach (var (endpoint, method) in Writes())
        {
            ShouldBeRefused(endpoint, await SendAsync(walk, endpoint, method, "*"));
            walked++;
        }

        walked.Should().BeGreaterThan(30);
        (await EventsAsync(walk)).Should().Be(before);
    }

    [Fact]
    public async Task Another_version_lets_every_write_through()
    {
        foreach (var (endpoint, method) in Writes())
        {
            var walk = await RouteWalk.FillAsync(service);

            var answer = await SendAsync(walk, endpoint, method, Stale);

            // The lines of the walk are drafts and its workspaces active.
            var unfit = endpoint.RoutePattern.RawText!.Split('/')[^1] is "restore" or "pause" or "close" or "join";
            if (unfit)
            {
                await answer.Content.ReadAsStringAsync();
                answer.StatusCode.Should().Be(HttpStatusCode.Conflict);
            }
            else
            {
                answer.IsSuccessStatusCode.Should().BeTrue(
                    $"{method} {walk.Url(endpoint, method)}: {await answer.Content.ReadAsStringAsync()}");
            }
        }
    }

    [Fact]
    public async Task The_version_that_it_has_is_refused()
    {
        var walk = await RouteWalk.FillAsync(service);
        var walked = 0;
        foreach (var (endpoint, method) in Writes())
        {
            var url = walk.Url(endpoint, method);
            var thing = method is "PATCH" or "DELETE" ? url : url[..url.LastIndexOf('/')];
            if (Surface.Of(thing) is not NativeSurface
                || (await walk.Client(endpoint, "GET").GetAsync(thing)).Headers.ETag is not { } tag)
            {
                continue;
            }

            ShouldBeRefused(endpoint, await SendAsync(walk, endpoint, method, tag.ToString()));
            ShouldBeRefused(endpoint, await SendAsync(walk, endpoint, method, $"W/{tag}"));
            ShouldBeRefused(endpoint, await SendAsync(walk, endpoint, method, $"{Stale}, {tag}"));
            walked++;
        }

        walked.Should().BeGreaterThan(20);
    }

    [Fact]
    public async Task A_member_that_is_not_there_yet_is_added_on_Tape_where_none_may_be()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();
        var url = $"/v1/workspace/{workspace.Id.Number()}/member";
        var body = new { user_id = person.Id.Number(), role = "guest" };

        (await tenant.Client.PostJson(url, body, ("If-None-Match", "*"))).StatusCode.Should().Be(HttpStatusCode.OK);
        await (await tenant.Client.PostJson(url, body, ("If-None-Match", "*")))
            .ShouldBeTapeError(HttpStatusCode.Conflict, "conflict_error");
    }

    [Fact]
    public async Task What_the_caller_may_not_see_stays_404()
    {
        var tenant = await service.NewTenantAsync();
        var stranger = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        await (await stranger.Client.SendJson(
            HttpMethod.Delete, $"/v1/workspaces/{workspace.Id}", null, ("If-None-Match", "*")))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    // A POST to a list makes something new; every other write is of something that exists.
    private IEnumerable<(RouteEndpoint Endpoint, string Method)> Writes()
    {
        var routes = RouteWalk.Routes(service).ToList();
        var lists = routes.Where(r => r.Method == "GET").Select(r => r.Endpoint.RoutePattern.RawText).ToHashSet();
        return routes.Where(r => r.Method is "PATCH" or "PUT" or "DELETE"
            || (r.Method == "POST" && r.Endpoint.RoutePattern.Parameters.Count > 0
                && !lists.Contains(r.Endpoint.RoutePattern.RawText)));
    }

    private static async Task<HttpResponseMessage> SendAsync(
        RouteWalk walk, RouteEndpoint endpoint, string method, string ifNoneMatch)
    {
        object? body = (method, endpoint.RoutePattern.RawText) switch
        {
            ("PATCH", var route) when route!.EndsWith("/members/{user}", StringComparison.Ordinal) =>
                new { role = "guest" },
            ("PATCH", "/v1/webhooks/{webhook}") => new { description = "Other" },
            ("POST", "/v1/webhooks/{webhook}/replay") => new { after = 0 },
            ("PUT", "/v1/service-lines/{serviceLine}/health") => new { score = 50 },
            ("PUT", "/api/v4/workspaces") => new { workspace = new { name = "Other" } },
            ("PUT", "/api/v4/workspace_users/{userNumber}") => new { workspace_role_id = 3 },
            ("PATCH" or "PUT", _) => new { name = "Other" },
            ("POST", "/v1/orgs/{organization}/transfer-ownership") => new { user_id = walk.Member.Id },
            _ => null,
        };
        return await walk.Client(endpoint, method).SendJson(
            new HttpMethod(method), walk.Url(endpoint, method), body, ("If-None-Match", ifNoneMatch));
    }

    // Tape has no 412.
    private static void ShouldBeRefused(RouteEndpoint endpoint, HttpResponseMessage answer)
    {
        var isTape = Surface.Of(endpoint.RoutePattern.RawText) is TapeSurface;
        answer.StatusCode.Should().Be(
            isTape ? HttpStatusCode.Conflict : HttpStatusCode.PreconditionFailed,
            $"{answer.RequestMessage!.Method} {endpoint.RoutePattern.RawText}: "
            + answer.Content.ReadAsStringAsync().GetAwaiter().GetResult());
    }

    private async Task<long> EventsAsync(RouteWalk walk) =>
        (await service.ReadAsync<long>(
            "SELECT COUNT(*) FROM events WHERE organization_code = @Id", new { walk.Tenant.Id })).Single();
}
