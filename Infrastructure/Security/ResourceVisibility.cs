using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Checks whether the caller may see the resources in the path. Used before a fault about the request's form is
/// written: a resource that the caller may not see is <c>not_found</c> then too, so the fault does not reveal that it
/// exists.
/// </summary>
public static class ResourceVisibility
{
    private delegate Task<bool> Check(Session session, string code, HttpContext http);

    // By the name of the route parameter, which is the same on every endpoint.
    private static readonly (string Name, Check Check)[] Checks =
    [
        ("organization",
            async (session, code, _) =>
                IsVisible(await OrganizationAuthorization.FindAsync(session, code, ForVisibility(Need.Read, session)))),
        ("workspace",
            async (session, code, _) =>
                IsVisible(await WorkspaceAuthorization.FindAsync(session, code, ForVisibility(Need.Read, session)))),
        ("user", IsUserVisibleAsync),
        ("workspaceNumber", async (session, number, http) =>
            IsVisible(await WorkspaceAuthorization.FindAsync(
                session, await NumericIdsOf(http).WorkspaceAsync(number, session), ForVisibility(Need.Read, session)))),
        ("userNumber", IsMemberVisibleAsync),
        ("token", (session, token, _) => InvitationLifecycle.ExistsAsync(session, token)),
        ("invitation", IsInvitationVisibleAsync),
        ("request", IsJoinRequestVisibleAsync),
        ("serviceLine",
            async (session, code, _) =>
                IsVisible(await ServiceLineAuthorization.FindAsync(session, code, ForVisibility(Need.Read, session)))),
        ("integration",
            async (session, code, _) =>
                IsVisible(await IntegrationAuthorization.FindAsync(session, code, ForVisibility(Need.Read, session)))),
        ("webhook", async (session, code, _) => IsVisible(await WebhookAuthorization.FindAsync(session, code))),
        ("delivery", async (session, code, http) =>
            IsVisible(await WebhookAuthorization.FindDeliveryAsync(
                session, http.Request.RouteValues["webhook"] as string ?? "", code))),
        ("key", async (session, code, _) => IsVisible(await ApiKeyAuthorization.FindAsync(session, code))),
    ];

    /// <summary>False where a resource in the path does not exist for the caller.</summary>
    public static async Task<bool> IsVisibleAsync(HttpContext http)
    {
        if (http.Features.Get<Caller>() is not { } caller)
        {
            return true;
        }

        var route = http.Request.RouteValues;
        await using var session = http.RequestServices.GetRequiredService<ConnectionFactory>()
            .Open(caller, http.RequestAborted);
        foreach (var (name, check) in Checks)
        {
            if (route.TryGetValue(name, out var value) && !await check(session, value as string ?? "", http))
            {
                return false;
            }
        }

        return true;
    }

    // Below an organization or a workspace a user is visible as its member. A caller without a role in the workspace
    // gets the same answer for every user.
    private static async Task<bool> IsUserVisibleAsync(Session session, string user, HttpContext http)
    {
        var route = http.Request.RouteValues;
        if (route["organization"] is string organization)
        {
            return IsVisible(await OrganizationMemberAuthorization.FindAsync(
                session, organization, user, ForVisibility(Need.Read, session)));
        }

        if (route["workspace"] is string workspace)
        {
            return !(await WorkspaceAuthorization.FindAsync(session, workspace, ForVisibility(Need.Belong, session)))
                .Succeeded(out var access, out _)
                || await Membership.FindAsync(session, access.Id, user) is not null;
        }

        return IsVisible(await UserAuthorization.FindAsync(session, user));
    }

    // Without a workspace in the path it is the caller's current one.
    private static async Task<bool> IsMemberVisibleAsync(Session session, string number, HttpContext http)
    {
        var ids = NumericIdsOf(http);
        var workspace = http.Request.RouteValues["workspaceNumber"] is string named
            ? await ids.WorkspaceAsync(named, session)
            : await CurrentWorkspace.FindCodeAsync(session);
        var user = await ids.UserAsync(number, session);
        return IsVisible(await MemberAuthorization.FindAsync(
            session, workspace, user, ForVisibility(Need.Read, session)));
    }

    // Only admins see invitations; other callers get the same answer for every code.
    private static async Task<bool> IsInvitationVisibleAsync(Session session, string invitation, HttpContext http) =>
        http.Request.RouteValues["workspace"] is not string workspace
        || !(await WorkspaceAuthorization.FindAsync(
            session, workspace, ForVisibility(Need.Inspect(Permissions.Read), session)))
            .Succeeded(out var access, out _)
        || await InvitationLifecycle.ExistsAsync(session, access.Id, invitation);

    private static async Task<bool> IsJoinRequestVisibleAsync(Session session, string request, HttpContext http) =>
        http.Request.RouteValues["workspace"] is not string workspace
        || !IsVisible(await WorkspaceAuthorization.FindAsync(session, workspace, ForVisibility(Need.Read, session)))
        || IsVisible(await JoinRequestAuthorization.FindVisibleAsync(
            session, workspace, request, ForVisibility(Need.Read, session)));

    private static NumericIds NumericIdsOf(HttpContext http) => http.RequestServices.GetRequiredService<NumericIds>();

    private static Need ForVisibility(Need need, Session session) => need.WithAnyPermissionOf(session.Caller);

    // forbidden means that the resource is visible.
    private static bool IsVisible<T>(Outcome<T> outcome) => outcome.Match(_ => true, fault => fault != Faults.NotFound);
}
