using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// The creating user (design section 3): the caller's user; for a service key its issuer, if that user may be workspace
/// admin in the organization; otherwise, and for root, the organization's owner.
/// </summary>
public static class CreatingUser
{
    /// <summary>The user's number, for something created in the organization.</summary>
    public static Task<long> FindAsync(Session session, OrganizationAccess organization) =>
        FindAsync(session, organization.Id, organization.OwnerId, organization.WorkspaceRoleCeiling);

    /// <summary>The user's number, for something created in the workspace.</summary>
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
