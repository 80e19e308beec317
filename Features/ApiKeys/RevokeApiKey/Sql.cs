namespace WorkspaceService.Features.ApiKeys;

public static partial class RevokeApiKey
{
    private static class Sql
    {
        // The row stays, because events refer to the key.
        public const string Revoke =
            "UPDATE api_keys SET revoked_at = @RevokedAt, version = version + 1 WHERE id = @Id";

        // They stay, so that the use of a revoked key is known for that.
        public const string ExpireSecrets = """
            UPDATE api_key_secrets SET expires_at = @RevokedAt
            WHERE api_key_id = @Id AND (expires_at IS NULL OR expires_at > @RevokedAt)
            """;
    }
}
