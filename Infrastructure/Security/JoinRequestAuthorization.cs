using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>A workspace as the caller stands to it, and one request to join it.</summary>
public sealed record JoinRequestAccess(WorkspaceAccess Workspace, JoinRequestObject Request) : IVersioned
{
    public long Version => Request.Version;
}

/// <summary>Who may see and do what with a request to join a workspace.</summary>
public static class JoinRequestAuthorization
{
    /// <summary>
    /// The request of this code in a workspace, if the caller may do with the workspace what <paramref name="need"/>
    /// says.
    /// </summary>
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
    /// The same for those who see the request itself: the workspace's admins and the person who asks. To everyone else
    /// it does not exist.
    /// </summary>
    public static async ValueTask<Outcome<JoinRequestAccess>> FindVisibleAsync(
        Session session, string workspaceCode, string code, Need need) =>
        (await FindAsync(session, workspaceCode, code, need)).Then<JoinRequestAccess>(found =>
            found.Workspace.Role == Roles.Admin || found.Request.UserId == session.Caller.UserCode
                ? found
                : Faults.NotFound);
}
