using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>How much a list of what lies in workspaces may show.</summary>
public enum Extent
{
    /// <summary>One workspace.</summary>
    Workspace,

    /// <summary>All workspaces of one organization.</summary>
    Organization,

    /// <summary>The workspaces that the user's roles open, in one organization or in all.</summary>
    OwnRoles,

    /// <summary>All workspaces.</summary>
    Everything,
}

/// <summary>
/// The part of what lies in workspaces that a list shows: what the caller may see of what it asked for, by workspace or
/// by organization.
/// </summary>
public sealed record ListScope(Extent Extent, long? OrganizationId = null, long? WorkspaceId = null)
{
    /// <summary>
    /// A workspace or organization that the caller may not see is <c>not_found</c>. Within
    /// <see cref="Extent.OwnRoles"/> the list itself has to look at the roles.
    /// </summary>
    /// <param name="need">What it takes to see such things in a workspace.</param>
    public static async ValueTask<Outcome<ListScope>> FindAsync(
        Session session, string? workspaceCode, string? organizationCode, Need need)
    {
        var caller = session.Caller;
        if (!caller.May(need.Permission))
        {
            return Faults.Forbidden;
        }

        // A narrowed key has its workspace and, as far as it can tell, nothing else in its organization.
        if (workspaceCode is null && caller.WorkspaceCode is not null)
        {
            if (organizationCode is not null && organizationCode != caller.OrganizationCode)
            {
                return Faults.NotFound;
            }

            workspaceCode = caller.WorkspaceCode;
        }

        if (workspaceCode is not null)
        {
            return (await WorkspaceAuthorization.FindAsync(session, workspaceCode, need)).Then<ListScope>(workspace =>
                organizationCode is null || organizationCode == workspace.OrganizationCode
                    ? new ListScope(Extent.Workspace, workspace.OrganizationId, workspace.Id)
                    : Faults.NotFound);
        }

        // A key that names its organization needs no look at the roles in others.
        organizationCode ??= caller.IsService ? null : caller.OrganizationCode;
        if (organizationCode is not null)
        {
            var readable = Need.Read with { Permission = need.Permission };
            return (await OrganizationAuthorization.FindAsync(session, organizationCode, readable))
                .Then<ListScope>(organization =>
                    new ListScope(
                        organization.IsAdministered ? Extent.Organization : Extent.OwnRoles, organization.Id));
        }

        return caller.IsRoot ? new ListScope(Extent.Everything)
            : caller.IsService ? new ListScope(Extent.Organization, caller.OrganizationId)
            : new ListScope(Extent.OwnRoles, caller.OrganizationId);
    }
}
