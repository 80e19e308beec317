namespace WorkspaceService.Features.ApiKeys;

public static partial class RevokeApiKey
{
    private static class Sql
    {
        // The row stays, because events refer to the key.
        public const string Revoke =
            "UPDATE api_keys SET revoked_at = @RevokedAt, version = version + 1 WHERE id = @Id";

        public const string DeleteSecrets = "DELETE FROM api_key_secrets WHERE api_key_id = @Id";
    }
}
