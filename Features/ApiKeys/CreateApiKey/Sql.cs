namespace WorkspaceService.Features.ApiKeys;

public static partial class CreateApiKey
{
    private static class Sql
    {
        // The organizations of an active user, or the given one, with the user's role and the caller's, which may be
        // null.
        public const string ListPlaces = """
            SELECT u.id AS user_id, o.id AS organization_id, o.code AS organization_code,
                   o.status AS organization_status, theirs.role AS user_role, mine.role AS caller_role
            FROM users u
            JOIN organization_members theirs ON theirs.user_id = u.id
            JOIN organizations o ON o.id = theirs.organization_id
            LEFT JOIN organization_members mine ON mine.organization_id = o.id AND mine.user_id = @UserId
            WHERE u.code = @User AND u.status = 'active' AND (o.id = @OrganizationId OR @OrganizationId IS NULL)
            """;

        public const string Insert = """
            INSERT INTO api_keys (id, code, name, type, hint, organization_id, workspace_id, user_id, issued_by,
                                  permissions, expires_at, version, created_at)
            VALUES (@Id, @Code, @Name, @Type, @Hint, @OrganizationId, @WorkspaceId, @UserId, @IssuedBy, @Permissions,
                    @ExpiresAt, 1, @CreatedAt)
            """;

        public const string InsertSecret = "INSERT INTO api_key_secrets (hash, api_key_id) VALUES (@Hash, @Id)";
    }
}
