using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>The extent of a list of entities that belong to workspaces.</summary>
public enum Extent
{
    /// <summary>One workspace.</summary>
    Workspace,

    /// <summary>All workspaces of one organization.</summary>
    Organization,

    /// <summary>The workspaces in which the user has a role, in one organization or in all.</summary>
    OwnRoles,

    /// <summary>All workspaces.</summary>
    Everything,
}

/// <summary>
/// The workspaces whose entities a list shows: the requested workspace or organization, limited to what the caller may
/// see.
/// </summary>
public sealed record ListScope(Extent Extent, long? OrganizationId = null, long? WorkspaceId = null)
{
    /// <summary>
    /// The scope of a request; <c>not_found</c> for a workspace or organization that the caller may not see. With
    /// <see cref="Extent.OwnRoles"/> the list's statement has to filter by role.
    /// </summary>
    /// <param name="need">The requirement for seeing the entities of a workspace.</param>
    public static async ValueTask<Outcome<ListScope>> FindAsync(
        Session session, string? workspaceCode, string? organizationCode, Need need)
    {
        var caller = session.Caller;
        if (!caller.May(need.Permission))
        {
            return Faults.Forbidden;
        }

        // A key narrowed to a workspace sees that workspace only.
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

        // A user key narrowed to an organization lists that organization only.
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
