using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// How a workspace goes out of use and comes back (R10, R11). An archive and the activation of a service line both change
/// the workspace's row, so of two at the same moment one sees what the other did.
/// </summary>
public static class WorkspaceLifecycle
{
    public static readonly string[] Statuses = ["active", "archived"];

    public static readonly Need Restoring = Need.Manage(Permissions.Write) with { InArchived = true };

    private static readonly Fault NotArchived = Fault.Conflict("not_archived", "The workspace is active; there is nothing to restore.");

    /// <summary>What it takes to archive; force, needed or not, takes the organization's owner or an admin.</summary>
    public static Need Archiving(bool force) => Need.Manage(Permissions.Write) with { OfOrganization = force };

    /// <summary>Archives an active workspace: <c>active_service_lines</c> where lines stand in the way and nothing forces it.</summary>
    public static async Task<Fault?> ArchiveAsync(this Session session, WorkspaceAccess workspace, bool force, DateTimeOffset now)
    {
        if (await session.CloseBlockingLinesAsync(workspace, force, now) is { } refused)
        {
            return refused;
        }

        await session.MoveAsync(workspace, "archived", "workspace.archived", now);
        return null;
    }

    /// <summary>Brings an archived workspace back: <c>not_archived</c>.</summary>
    public static async Task<Fault?> RestoreAsync(this Session session, WorkspaceAccess workspace, DateTimeOffset now)
    {
        if (!workspace.IsArchived)
        {
            return NotArchived;
        }

        await session.MoveAsync(workspace, "active", "workspace.restored", now);
        return null;
    }

    private static async Task MoveAsync(this Session session, WorkspaceAccess workspace, string status, string type, DateTimeOffset now)
    {
        await session.ExecuteAsync(Sql.Move, new { workspace.Id, Status = status, UpdatedAt = now });
        await session.AppendAsync(
            now,
            type,
            workspace.OrganizationCode,
            workspace.Code,
            ("workspace", workspace.Code),
            new Changes().Set("status", workspace.Status, status));
    }

    private static class Sql
    {
        public const string Move = """
            UPDATE workspaces SET status = @Status, version = version + 1, updated_at = @UpdatedAt WHERE id = @Id
            """;
    }
}
