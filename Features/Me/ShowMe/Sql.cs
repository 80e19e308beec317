namespace WorkspaceService.Features.Me;

public static partial class ShowMe
{
    private static class Sql
    {
        public const string FindUser = "SELECT code AS id, name, email FROM users WHERE id = @UserId";

        public const string FindOrganization =
            "SELECT code AS id, name, slug FROM organizations WHERE id = @OrganizationId";

        // No row: the user is no member of the key's organization; or the key has none, and the user has not exactly
        // one.
        public const string FindOrganizationOfUser = """
            SELECT o.code AS id, o.name, o.slug, om.role
            FROM organization_members om JOIN organizations o ON o.id = om.organization_id
            WHERE om.user_id = @UserId
              AND (om.organization_id = @OrganizationId
                OR (@OrganizationId IS NULL
                    AND (SELECT COUNT(*) FROM organization_members all_of WHERE all_of.user_id = @UserId) = 1))
            """;
    }
}
