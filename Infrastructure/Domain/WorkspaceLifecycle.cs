using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// The lifecycle of a workspace: active ⇄ archived (R10, R11). Active and paused lines block archiving: see <see
/// cref="BlockingServiceLines"/>. Archiving and activating a line both write the workspace's row, so concurrent ones
/// are serialized.
/// </summary>
public static class WorkspaceLifecycle
{
    public const string Active = "active";
    public const string Archived = "archived";

    public static readonly string[] Statuses = [Active, Archived];

    public static readonly Need Restoring = Need.Manage(Permissions.Write) with { InArchived = true };

    public static readonly Need Deleting =
        Need.Manage(Permissions.Write) with { OfOrganization = true, InArchived = true };

    public static readonly Fault NotArchived =
        Fault.Conflict("not_archived", "The workspace is active; there is nothing to restore.");

    /// <summary>The requirement for archiving; force always requires the organization's owner or an admin.</summary>
    public static Need Archiving(bool force) => Need.Manage(Permissions.Write) with { OfOrganization = force };
}
