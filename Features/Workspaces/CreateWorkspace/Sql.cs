namespace WorkspaceService.Features.Workspaces;

public static partial class CreateWorkspace
{
    private static class Sql
    {
        // No row: the limit of the plan or of the surface is reached.
        public const string ClaimPlace = """
            UPDATE organizations SET workspace_count = workspace_count + 1
            WHERE id = @Id AND (@Unbound = 1 OR limit_workspaces IS NULL OR workspace_count < limit_workspaces)
              AND (CAST(@Most AS BIGINT) IS NULL OR workspace_count < @Most)
            """;

        public const string Limit = """
            SELECT CASE WHEN workspace_count >= limit_workspaces THEN limit_workspaces ELSE CAST(@Most AS BIGINT) END
            FROM organizations
            WHERE id = @Id
            """;

        // No row: the slug is taken. The INSERT itself checks it, so there is no race.
        public const string Insert = """
            INSERT INTO workspaces (id, code, organization_id, name, name_key, slug, search, type, description,
                                    status, owner_id, settings, currency, seat_limit,
                                    member_count, admin_count, active_service_lines, version, created_at, updated_at)
            VALUES (@Id, @Code, @OrganizationId, @Name, @NameKey, @Slug, @Search, @Type, @Description,
                    'active', @OwnerId, @Settings, @Currency, @SeatLimit,
                    0, 0, 0, 1, @CreatedAt, @CreatedAt)
            ON CONFLICT (organization_id, slug) DO NOTHING
            """;

        // "~" sorts after every character of a slug, so this is a range of the index.
        public const string ListSlugs = """
            SELECT slug FROM workspaces
            WHERE organization_id = @OrganizationId AND slug >= @Stem AND slug < @Stem || '~'
            """;
    }
}
