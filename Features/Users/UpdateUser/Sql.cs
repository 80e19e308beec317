namespace WorkspaceService.Features.Users;

public static partial class UpdateUser
{
    private static class Sql
    {
        public const string ListPlaces = """
            SELECT om.organization_id, o.code AS organization_code, om.role
            FROM organization_members om JOIN organizations o ON o.id = om.organization_id
            WHERE om.user_id = @UserId
            ORDER BY om.organization_id
            """;

        // No row: another user has the address. A null key keeps the address.
        public const string Update = """
            UPDATE users
            SET name = @Name, name_search = @NameSearch, email = @Email,
                email_key = COALESCE(CAST(@EmailKey AS TEXT), email_key), search = @Search, avatar_url = @AvatarUrl,
                managed_by = @ManagedBy, status = @Status, version = version + 1, updated_at = @UpdatedAt
            WHERE id = @Id AND NOT EXISTS (
                SELECT 1 FROM users x WHERE x.email_key = CAST(@EmailKey AS TEXT) AND x.id <> @Id)
            """;
    }
}
