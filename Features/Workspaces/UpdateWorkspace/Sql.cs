namespace WorkspaceService.Features.Workspaces;

public static partial class UpdateWorkspace
{
    private static class Sql
    {
        public const string Move = """
            UPDATE workspaces SET status = @Status, version = version + 1, updated_at = @Now WHERE id = @Id
            """;

        public const string ListSlugsOfOthers = """
            SELECT slug FROM workspaces
            WHERE organization_id = @OrganizationId AND id <> @Id AND slug >= @Stem AND slug < @Stem || '~'
            """;

        // No row: another workspace of the organization has the slug.
        public const string Update = """
            UPDATE workspaces
            SET name = @Name, name_key = @NameKey, slug = @Slug, search = @Search, type = @Type,
                description = @Description, settings = @Settings, currency = @Currency, seat_limit = @SeatLimit,
                version = version + 1, updated_at = @UpdatedAt
            WHERE id = @Id AND NOT EXISTS (
                SELECT 1 FROM workspaces other
                WHERE other.organization_id = @OrganizationId AND other.slug = @Slug AND other.id <> @Id)
            """;
    }
}
