using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>The caller's access to a workspace, and one request to join it.</summary>
public sealed record JoinRequestAccess(WorkspaceAccess Workspace, JoinRequestObject Request) : IVersioned
{
    public long Version => Request.Version;
}

/// <summary>Authorization for requests to join a workspace.</summary>
public static class JoinRequestAuthorization
{
    /// <summary>The request with this code in a workspace, if the caller meets <paramref name="need"/> there.</summary>
    public static async ValueTask<Outcome<JoinRequestAccess>> FindAsync(
        Session session, string workspaceCode, string code, Need need)
    {
        if (!(await WorkspaceAuthorization.FindAsync(session, workspaceCode, need))
            .Succeeded(out var workspace, out var fault))
        {
            return fault;
        }

        return await JoinRequestLifecycle.FindAsync(session, workspace.Id, code) is { } request
            ? new JoinRequestAccess(workspace, request)
            : Faults.NotFound;
    }

    /// <summary>
    /// The same, visible only to the workspace's admins and the requesting user; <c>not_found</c> for other callers.
    /// </summary>
    public static async ValueTask<Outcome<JoinRequestAccess>> FindVisibleAsync(
        Session session, string workspaceCode, string code, Need need) =>
        (await FindAsync(session, workspaceCode, code, need)).Then<JoinRequestAccess>(found =>
            found.Workspace.Role == Roles.Admin || found.Request.UserId == session.Caller.UserCode
                ? found
                : Faults.NotFound);
}
