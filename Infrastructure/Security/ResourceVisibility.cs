using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Whether a caller may see what the path names. Asked only when a request is about to be refused for its form: a thing
/// that the caller may not see is <c>not_found</c> even then, so that an error message about a body tells it nothing.
/// </summary>
public static class ResourceVisibility
{
    private delegate Task<bool> Look(Session session, Caller caller, string code, HttpContext http);

    // Route parameters have these names on every endpoint.
    private static readonly (string Name, Look Look)[] Sights =
    [
        ("organization", async (session, caller, code, _) => Is(await session.OrganizationAsync(caller, code, Any(Need.Read, caller)))),
        ("workspace", async (session, caller, code, _) => Is(await session.WorkspaceAsync(caller, code, Any(Need.Read, caller)))),
        ("user", SeesUserAsync),
        ("workspaceNumber", async (session, caller, number, http) =>
            Is(await session.WorkspaceAsync(caller, await NumericIdsOf(http).WorkspaceAsync(number, session), Any(Need.Read, caller)))),
        ("userNumber", SeesColleagueAsync),
        ("token", (session, _, token, _) => session.OpensInvitationAsync(token)),
        ("invitation", SeesInvitationAsync),
        ("request", SeesJoinRequestAsync),
        ("serviceLine", async (session, caller, code, _) => Is(await session.ServiceLineAsync(caller, code, Any(Need.Read, caller)))),
        ("integration", async (session, caller, code, _) => Is(await session.IntegrationAsync(caller, code, Any(Need.Read, caller)))),
        ("key", async (session, caller, code, _) => Is(await session.ApiKeyAsync(caller, code))),
    ];

    /// <summary>False where something that the path names does not exist for the caller.</summary>
    public static async Task<bool> IsVisibleAsync(HttpContext http)
    {
        if (http.Features.Get<Caller>() is not { } caller)
        {
            return true;
        }

        var route = http.Request.RouteValues;
        await using var session = await http.RequestServices.GetRequiredService<ConnectionFactory>().OpenAsync();
        foreach (var (name, look) in Sights)
        {
            if (route.TryGetValue(name, out var value) && !await look(session, caller, value as string ?? "", http))
            {
                return false;
            }
        }

        return true;
    }

    // Within an organization or a workspace its members are who is there to be seen. To those who see a workspace and do not
    // belong, its members are told apart by nothing.
    private static async Task<bool> SeesUserAsync(Session session, Caller caller, string user, HttpContext http)
    {
        var route = http.Request.RouteValues;
        if (route["organization"] is string organization)
        {
            return Is(await session.OrganizationMemberAsync(caller, organization, user, Any(Need.Read, caller)));
        }

        if (route["workspace"] is string workspace)
        {
            return !(await session.WorkspaceAsync(caller, workspace, Any(Need.Belong, caller))).Succeeded(out var scope, out _)
                || await session.FindMemberAsync(scope.Id, user) is not null;
        }

        return Is(await session.UserAsync(caller, user));
    }

    // Where the path names no workspace, the user is one of the caller's own workspace.
    private static async Task<bool> SeesColleagueAsync(Session session, Caller caller, string number, HttpContext http)
    {
        var books = NumericIdsOf(http);
        var workspace = http.Request.RouteValues["workspaceNumber"] is string named
            ? await books.WorkspaceAsync(named, session)
            : await session.CurrentWorkspaceAsync(caller);
        return (await session.WorkspaceAsync(caller, workspace, Any(Need.Read, caller))).Succeeded(out var scope, out _)
            && await session.FindMemberAsync(scope.Id, await books.UserAsync(number, session)) is not null;
    }

    private static NumericIds NumericIdsOf(HttpContext http) => http.RequestServices.GetRequiredService<NumericIds>();

    // An invitation is found by workspace and code together, by the workspace's admins; the others cannot tell one from another.
    private static async Task<bool> SeesInvitationAsync(Session session, Caller caller, string invitation, HttpContext http) =>
        http.Request.RouteValues["workspace"] is not string workspace
        || !(await session.WorkspaceAsync(caller, workspace, Any(Need.Inspect(Permissions.Read), caller))).Succeeded(out var scope, out _)
        || await session.HasInvitationAsync(scope.Id, invitation);

    // A join request is there for the workspace's admins and for the person who asks.
    private static async Task<bool> SeesJoinRequestAsync(Session session, Caller caller, string request, HttpContext http) =>
        http.Request.RouteValues["workspace"] is not string workspace
        || !(await session.WorkspaceAsync(caller, workspace, Any(Need.Read, caller))).Succeeded(out var scope, out _)
        || (await session.FindJoinRequestAsync(scope.Id, request) is { } found
            && (scope.Role == Roles.Admin || found.UserId == caller.UserCode));

    // A service key sees what is in its scope, whatever it may do there.
    private static Need Any(Need need, Caller caller) => need with { Permission = caller.AnyPermission };

    // What is there may still be forbidden.
    private static bool Is<T>(Outcome<T> outcome) => outcome.Match(_ => true, fault => fault != Faults.NotFound);
}
