using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Authenticates API keys. Revocation, expiry and deactivation take effect with the next request: the cache is never
/// stale.
/// </summary>
public sealed class ApiKeyAuthenticator(ConnectionFactory db, TimeProvider clock, RootKey rootKey)
{
    private readonly ConcurrentDictionary<long, DateTimeOffset> _used = new();

    /// <summary>
    /// The caller of <paramref name="key"/>; <c>unauthenticated</c> for a malformed, unknown, expired or revoked one.
    /// </summary>
    public async ValueTask<Outcome<Caller>> FindAsync(string key)
    {
        if (rootKey.Matches(key))
        {
            return RootKey.Caller;
        }

        if (!ApiKeyFormat.IsWellFormed(key))
        {
            return Faults.MalformedKey;
        }

        var now = clock.GetUtcNow();
        if (await ReadAsync(SecretText.Hash(key)) is not { } row || !row.IsValid(now))
        {
            return Faults.Unauthenticated;
        }

        _used[row.Id] = now;
        return row.Caller;
    }

    /// <summary>
    /// Whom a key once stood for that does not count any more, because it is expired or revoked or its holder is
    /// deactivated; null for a key that was never there.
    /// </summary>
    public async ValueTask<Caller?> FindDeadAsync(string key) =>
        ApiKeyFormat.IsWellFormed(key) ? (await ReadAsync(SecretText.Hash(key)))?.Caller : null;

    /// <summary>The last use of the key with this number that is not saved yet; null for none.</summary>
    public DateTimeOffset? LastUsed(long id) => _used.TryGetValue(id, out var at) ? at : null;

    /// <summary>Saves the last uses since the last call.</summary>
    public async Task SaveLastUsedAsync(CancellationToken ct)
    {
        var used = _used.ToArray();
        if (used.Length == 0)
        {
            return;
        }

        var rows = JsonRows.Serialize(
            used.Select(key => new { id = key.Key, at = key.Value.ToUnixTimeMilliseconds() }));
        await db.TransactAsync<Done>(
            RootKey.Caller,
            async session =>
            {
                await WriteLocks.SharedServiceAsync(session);
                await session.ExecuteAsync(Sql.SaveLastUsed, new { Rows = rows });
                return Done.It;
            },
            ct);
        foreach (var key in used)
        {
            _used.TryRemove(key);
        }
    }

    private async Task<Row?> ReadAsync(string hash)
    {
        await using var session = db.Open();
        var row = await session.FindCachedAsync<Row>(Sql.Find, new { Hash = hash });
        return row?.WorkspaceId is { } id
            ? row with
            {
                WorkspaceCode = (await session.FindCachedAsync<KeyWorkspace>(Sql.FindWorkspace, new { Id = id }))?.Code,
            }
            : row;
    }

    private sealed record KeyWorkspace
    {
        public string Code { get; init; } = "";
    }

    private sealed record Row
    {
        private Caller? _caller;

        public long Id { get; init; }

        public string Code { get; init; } = "";

        public string Type { get; init; } = "";

        public long? UserId { get; init; }

        public string? UserCode { get; init; }

        public string? UserStatus { get; init; }

        public long? IssuedBy { get; init; }

        public long? OrganizationId { get; init; }

        public string? OrganizationCode { get; init; }

        public long? WorkspaceId { get; init; }

        public string? WorkspaceCode { get; init; }

        public string? Permissions { get; init; }

        public DateTimeOffset? ExpiresAt { get; init; }

        public DateTimeOffset? RevokedAt { get; init; }

        public string Hash { get; init; } = "";

        // Only a rotation ends a text before its key.
        public DateTimeOffset? SecretExpiresAt { get; init; }

        public Caller Caller => _caller ??= new()
        {
            Kind = Enum.Parse<CallerKind>(Type, ignoreCase: true),
            KeyId = Code,
            TextHash = Hash,
            HasOldText = SecretExpiresAt is not null,
            UserId = UserId,
            UserCode = UserCode,
            IssuerId = IssuedBy,
            OrganizationId = OrganizationId,
            OrganizationCode = OrganizationCode,
            WorkspaceId = WorkspaceId,
            WorkspaceCode = WorkspaceCode,
            Permissions = Permissions?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(),
            ExpiresAt = ExpiresAt,
        };

        public bool IsValid(DateTimeOffset now) =>
            RevokedAt is null
            && (ExpiresAt is null || ExpiresAt > now)
            && (SecretExpiresAt is null || SecretExpiresAt > now)
            && (UserStatus is null or UserObject.Active)
            && (WorkspaceId is null || WorkspaceCode is not null);
    }

    private static class Sql
    {
        public const string Find = """
            SELECT k.id, k.code, k.type, k.user_id, u.code AS user_code, u.status AS user_status, k.issued_by,
                   k.organization_id, o.code AS organization_code, k.workspace_id, k.permissions, k.expires_at,
                   k.revoked_at, s.hash, s.expires_at AS secret_expires_at
            FROM api_key_secrets s
            JOIN api_keys k ON k.id = s.api_key_id
            LEFT JOIN users u ON u.id = k.user_id
            LEFT JOIN organizations o ON o.id = k.organization_id
            WHERE s.hash = @Hash
            """;

        // Separate from Find, so that changes of member counts in workspaces do not invalidate its cached row.
        public const string FindWorkspace = "SELECT code FROM workspaces WHERE id = @Id";

        public const string SaveLastUsed = """
            UPDATE api_keys SET last_used_at = CAST(used.value ->> 'at' AS BIGINT)
            FROM json_each(@Rows) used
            WHERE api_keys.id = CAST(used.value ->> 'id' AS BIGINT)
              AND (last_used_at IS NULL OR last_used_at < CAST(used.value ->> 'at' AS BIGINT))
            """;
    }
}

/// <summary>
/// The root key from the configuration (<c>Bootstrap:RootKey</c>); not stored in the database, and without a checksum.
/// </summary>
public sealed class RootKey(string? key)
{
    public static readonly Caller Caller = new() { Kind = CallerKind.Root, KeyId = "root" };

    private readonly byte[]? _hash = key is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public bool IsConfigured => _hash is not null;

    public bool Matches(string key) =>
        _hash is not null && key.StartsWith(ApiKeyFormat.RootPrefix, StringComparison.Ordinal)
        && CryptographicOperations.FixedTimeEquals(_hash, SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
