namespace WorkspaceService.Features.Workspaces;

public static partial class UpdateOwnWorkspace
{
    private static class Sql
    {
        public const string Find = """
            SELECT name, slug, organization_type, custom_organization_type FROM workspaces WHERE id = @Id
            """;

        public const string Update = """
            UPDATE workspaces
            SET name = @Name, name_key = @NameKey, search = @Search, organization_type = @OrganizationType,
                custom_organization_type = @CustomOrganizationType, version = version + 1, updated_at = @UpdatedAt
            WHERE id = @Id
            """;
    }
}
