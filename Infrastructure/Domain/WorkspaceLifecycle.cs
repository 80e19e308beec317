using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// How a workspace goes out of use and comes back (R10, R11). An archive and the activation of a service line both
/// change the workspace's row, so of two at the same moment one sees what the other did.
/// </summary>
public static class WorkspaceLifecycle
{
    public static readonly string[] Statuses = ["active", "archived"];

    public static readonly Need Restoring = Need.Manage(Permissions.Write) with { InArchived = true };

    private static readonly Fault NotArchived =
        Fault.Conflict("not_archived", "The workspace is active; there is nothing to restore.");

    /// <summary>What it takes to archive; force, needed or not, takes the organization's owner or an admin.</summary>
    public static Need Archiving(bool force) => Need.Manage(Permissions.Write) with { OfOrganization = force };

    /// <summary>
    /// Archives an active workspace: <c>active_service_lines</c> where lines stand in the way and nothing forces it.
    /// </summary>
    public static async Task<Fault?> ArchiveAsync(Session session, IWorkspace workspace, bool force = false)
    {
        if (await BlockingServiceLines.CloseAsync(session, workspace, force) is { } refused)
        {
            return refused;
        }

        await MoveAsync(session, workspace, "archived", "workspace.archived");
        return null;
    }

    /// <summary>Brings an archived workspace back: <c>not_archived</c>.</summary>
    public static async Task<Fault?> RestoreAsync(Session session, IWorkspace workspace)
    {
        if (workspace.Status != "archived")
        {
            return NotArchived;
        }

        await MoveAsync(session, workspace, "active", "workspace.restored");
        return null;
    }

    private static async Task MoveAsync(Session session, IWorkspace workspace, string status, string type)
    {
        await session.ExecuteAsync(Sql.Move, new { workspace.Id, Status = status, UpdatedAt = session.Now });
        await EventLog.AppendAsync(
            session, type, workspace, ("workspace", workspace.Code), Changes.Of("status", workspace.Status, status));
    }

    private static class Sql
    {
        public const string Move = """
            UPDATE workspaces SET status = @Status, version = version + 1, updated_at = @UpdatedAt WHERE id = @Id
            """;
    }
}
