using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>
/// Creates the root key at the first start with an empty database, unless the configuration has one.
/// </summary>
public static class Bootstrap
{
    /// <summary>The new key, to be shown once; null where a key exists already.</summary>
    public static async Task<string?> MakeRootKeyAsync(ConnectionFactory db, RootKey configured)
    {
        if (configured.IsConfigured)
        {
            return null;
        }

        var key = ApiKeyFormat.Create(ApiKeyTypes.Root);
        var made = await db.TransactAsync<string?>(RootKey.Caller, async session =>
        {
            if (await session.ScalarAsync<long>(Sql.CountKeys) > 0)
            {
                return (string?)null;
            }

            var (id, code) = await Codes.MintAsync(session, Codes.ApiKey);
            await session.ExecuteAsync(
                Sql.InsertKey, new { Id = id, Code = code, Hint = ApiKeyFormat.Hint(key), CreatedAt = session.Now });
            await session.ExecuteAsync(Sql.InsertSecret, new { Hash = SecretText.Hash(key), Id = id });
            return key;
        });

        return made.Match(text => text, fault => throw new InvalidOperationException(fault.Message));
    }

    private static class Sql
    {
        public const string CountKeys = "SELECT COUNT(*) FROM api_keys";

        public const string InsertKey = """
            INSERT INTO api_keys (id, code, name, type, hint, version, created_at)
            VALUES (@Id, @Code, 'Root', 'root', @Hint, 1, @CreatedAt)
            """;

        public const string InsertSecret = "INSERT INTO api_key_secrets (hash, api_key_id) VALUES (@Hash, @Id)";
    }
}
