namespace WorkspaceService.Features.ApiKeys;

public static partial class CreateApiKey
{
    private static class Sql
    {
        // The organizations that both belong to, with the role of each.
        public const string ListShared = """
            SELECT o.id AS organization_id, o.code AS organization_code, mine.role AS caller_role, theirs.role AS user_role
            FROM organization_members theirs
            JOIN organization_members mine ON mine.organization_id = theirs.organization_id AND mine.user_id = @CallerId
            JOIN organizations o ON o.id = theirs.organization_id
            WHERE theirs.user_id = @UserId AND (o.id = @OrganizationId OR @OrganizationId IS NULL)
            """;

        public const string Insert = """
            INSERT INTO api_keys (id, code, name, type, hint, organization_id, workspace_id, user_id, issued_by, permissions,
                                  expires_at, version, created_at)
            VALUES (@Id, @Code, @Name, @Type, @Hint, @OrganizationId, @WorkspaceId, @UserId, @IssuedBy, @Permissions,
                    @ExpiresAt, 1, @CreatedAt)
            """;

        public const string InsertSecret = "INSERT INTO api_key_secrets (hash, api_key_id) VALUES (@Hash, @Id)";
    }
}
