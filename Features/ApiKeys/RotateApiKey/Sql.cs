namespace WorkspaceService.Features.ApiKeys;

public static partial class RotateApiKey
{
    private static class Sql
    {
        public const string DeleteExpired = "DELETE FROM api_key_secrets WHERE api_key_id = @Id AND expires_at <= @Now";

        // Secrets of an earlier rotation that expire sooner are unchanged.
        public const string ExpireOld = """
            UPDATE api_key_secrets SET expires_at = @Until WHERE api_key_id = @Id
              AND (expires_at IS NULL OR expires_at > @Until)
            """;

        public const string InsertSecret = "INSERT INTO api_key_secrets (hash, api_key_id) VALUES (@Hash, @Id)";

        public const string SetHint = "UPDATE api_keys SET hint = @Hint, version = version + 1 WHERE id = @Id";
    }
}
