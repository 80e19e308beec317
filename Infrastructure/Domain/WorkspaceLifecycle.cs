using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// What it takes to bring a workspace out of use and back (R10, R11); the lines that stand in the way of an archive are
/// <see cref="BlockingServiceLines"/>. An archive and the activation of a service line both change the workspace's row,
/// so of two at the same moment one sees what the other did.
/// </summary>
public static class WorkspaceLifecycle
{
    public const string Active = "active";
    public const string Archived = "archived";

    public static readonly string[] Statuses = [Active, Archived];

    public static readonly Need Restoring = Need.Manage(Permissions.Write) with { InArchived = true };

    public static readonly Fault NotArchived =
        Fault.Conflict("not_archived", "The workspace is active; there is nothing to restore.");

    /// <summary>What it takes to archive; force, needed or not, takes the organization's owner or an admin.</summary>
    public static Need Archiving(bool force) => Need.Manage(Permissions.Write) with { OfOrganization = force };
}
