using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Who counts as the creating user (design section 3): the user itself; for a service key the user who issued it, as long
/// as that user may be workspace admin in the organization; otherwise, and for root, the organization's owner.
/// </summary>
public static class CreatingUser
{
    public static Task<long> CreatingUserAsync(this Session session, Caller caller, OrganizationAccess organization) =>
        session.CreatorAsync(caller, organization.Id, organization.OwnerId, organization.WorkspaceRoleCeiling);

    public static Task<long> CreatingUserAsync(this Session session, Caller caller, WorkspaceAccess workspace) =>
        session.CreatorAsync(caller, workspace.OrganizationId, workspace.OrganizationOwnerId, workspace.WorkspaceRoleCeiling);

    private static async Task<long> CreatorAsync(this Session session, Caller caller, long organizationId, long ownerId, long ceiling)
    {
        if (caller.UserId is { } user)
        {
            return user;
        }

        var issuer = new { OrganizationId = organizationId, UserId = caller.IssuerId ?? 0, Ceiling = ceiling };
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
