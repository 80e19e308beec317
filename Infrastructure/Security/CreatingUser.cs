using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Who counts as the creating user (design section 3): the user itself; for a service key the user who issued it, as
/// long as that user may be workspace admin in the organization; otherwise, and for root, the organization's owner.
/// </summary>
public static class CreatingUser
{
    /// <summary>Its number, in the organization that the caller makes something in.</summary>
    public static Task<long> FindAsync(Session session, OrganizationAccess organization) =>
        FindAsync(session, organization.Id, organization.OwnerId, organization.WorkspaceRoleCeiling);

    /// <summary>Its number, in the organization of the workspace that the caller makes something in.</summary>
    public static Task<long> FindAsync(Session session, WorkspaceAccess workspace) =>
        FindAsync(
            session,
            workspace.OrganizationId,
            workspace.Facts.OrganizationOwnerId,
            workspace.Facts.WorkspaceRoleCeiling);

    private static async Task<long> FindAsync(Session session, long organizationId, long ownerId, long ceiling)
    {
        if (session.Caller.UserId is { } user)
        {
            return user;
        }

        var issuer = new { OrganizationId = organizationId, UserId = session.Caller.IssuerId ?? 0, Ceiling = ceiling };
        return await session.ScalarAsync<long?>(Sql.FindIssuer, issuer) ?? ownerId;
    }

    private static class Sql
    {
        public const string FindIssuer = """
            SELECT om.user_id
            FROM organization_members om JOIN users u ON u.id = om.user_id
            WHERE om.organization_id = @OrganizationId AND om.user_id = @UserId AND u.status = 'active'
              AND (@Ceiling = 0 OR om.role IN ('owner', 'admin'))
            """;
    }
}
