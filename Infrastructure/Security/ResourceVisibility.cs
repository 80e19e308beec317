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
    private delegate Task<bool> Look(Session session, string code, HttpContext http);

    // Route parameters have these names on every endpoint.
    private static readonly (string Name, Look Look)[] Looks =
    [
        ("organization",
            async (session, code, _) =>
                Sees(await OrganizationAuthorization.FindAsync(session, code, Any(Need.Read, session)))),
        ("workspace",
            async (session, code, _) =>
                Sees(await WorkspaceAuthorization.FindAsync(session, code, Any(Need.Read, session)))),
        ("user", SeesUserAsync),
        ("workspaceNumber", async (session, number, http) =>
            Sees(await WorkspaceAuthorization.FindAsync(
                session, await NumericIdsOf(http).WorkspaceAsync(number, session), Any(Need.Read, session)))),
        ("userNumber", SeesColleagueAsync),
        ("token", (session, token, _) => InvitationLifecycle.ExistsAsync(session, token)),
        ("invitation", SeesInvitationAsync),
        ("request", SeesJoinRequestAsync),
        ("serviceLine",
            async (session, code, _) =>
                Sees(await ServiceLineAuthorization.FindAsync(session, code, Any(Need.Read, session)))),
        ("integration",
            async (session, code, _) =>
                Sees(await IntegrationAuthorization.FindAsync(session, code, Any(Need.Read, session)))),
        ("key", async (session, code, _) => Sees(await ApiKeyAuthorization.FindAsync(session, code))),
    ];

    /// <summary>False where something that the path names does not exist for the caller.</summary>
    public static async Task<bool> IsVisibleAsync(HttpContext http)
    {
        if (http.Features.Get<Caller>() is not { } caller)
        {
            return true;
        }

        var route = http.Request.RouteValues;
        await using var session = http.RequestServices.GetRequiredService<ConnectionFactory>()
            .Open(caller, http.RequestAborted);
        foreach (var (name, look) in Looks)
        {
            if (route.TryGetValue(name, out var value) && !await look(session, value as string ?? "", http))
            {
                return false;
            }
        }

        return true;
    }

    // Within an organization or a workspace its members are who is there to be seen. To those who see a workspace and
    // do not belong, its members are told apart by nothing.
    private static async Task<bool> SeesUserAsync(Session session, string user, HttpContext http)
    {
        var route = http.Request.RouteValues;
        if (route["organization"] is string organization)
        {
            return Sees(await OrganizationMemberAuthorization.FindAsync(
                session, organization, user, Any(Need.Read, session)));
        }

        if (route["workspace"] is string workspace)
        {
            return !(await WorkspaceAuthorization.FindAsync(session, workspace, Any(Need.Belong, session)))
                .Succeeded(out var access, out _)
                || await Membership.FindAsync(session, access.Id, user) is not null;
        }

        return Sees(await UserAuthorization.FindAsync(session, user));
    }

    // Where the path names no workspace, the user is one of the caller's own workspace.
    private static async Task<bool> SeesColleagueAsync(Session session, string number, HttpContext http)
    {
        var ids = NumericIdsOf(http);
        var workspace = http.Request.RouteValues["workspaceNumber"] is string named
            ? await ids.WorkspaceAsync(named, session)
            : await CurrentWorkspace.FindCodeAsync(session);
        var user = await ids.UserAsync(number, session);
        return Sees(await MemberAuthorization.FindAsync(session, workspace, user, Any(Need.Read, session)));
    }

    // An invitation is found by workspace and code together, by the workspace's admins; the others cannot tell one from
    // another.
    private static async Task<bool> SeesInvitationAsync(Session session, string invitation, HttpContext http) =>
        http.Request.RouteValues["workspace"] is not string workspace
        || !(await WorkspaceAuthorization.FindAsync(session, workspace, Any(Need.Inspect(Permissions.Read), session)))
            .Succeeded(out var access, out _)
        || await InvitationLifecycle.ExistsAsync(session, access.Id, invitation);

    private static async Task<bool> SeesJoinRequestAsync(Session session, string request, HttpContext http) =>
        http.Request.RouteValues["workspace"] is not string workspace
        || !Sees(await WorkspaceAuthorization.FindAsync(session, workspace, Any(Need.Read, session)))
        || Sees(await JoinRequestAuthorization.FindVisibleAsync(session, workspace, request, Any(Need.Read, session)));

    private static NumericIds NumericIdsOf(HttpContext http) => http.RequestServices.GetRequiredService<NumericIds>();

    // A service key sees what is in its scope, whatever it may do there.
    private static Need Any(Need need, Session session) => need.WithAnyPermissionOf(session.Caller);

    // What is there may still be forbidden.
    private static bool Sees<T>(Outcome<T> outcome) => outcome.Match(_ => true, fault => fault != Faults.NotFound);
}
