using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Who counts as the creating user (design section 3): the user itself; for a service key the user who issued it, as long
/// as that user may be workspace admin in the organization; otherwise, and for root, the organization's owner.
/// </summary>
public static class CreatingUser
{
    public static async Task<long> CreatingUserAsync(this Session session, Caller caller, OrganizationScope organization)
    {
        if (caller.UserId is { } user)
        {
            return user;
        }

        var issuer = new { OrganizationId = organization.Id, UserId = caller.IssuerId ?? 0, Ceiling = organization.WorkspaceRoleCeiling };
        return await session.ScalarAsync<long?>(Sql.FindIssuer, issuer) ?? organization.OwnerId;
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
