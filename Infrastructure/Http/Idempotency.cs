using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// <c>Idempotency-Key</c>: replays the result of an earlier request with the same key, scoped to the caller and kept
/// for 24 hours: whichever of its API keys a user presents, and through the rotations of a service key. The result is
/// stored in the write's transaction; faults are not stored. A result that holds a secret is encrypted (AES-GCM) with a
/// key derived from the API key that was presented, which the service does not store, so only that text gets it again.
/// </summary>
/// <param name="caller">The request's caller.</param>
/// <param name="key">The value of the header.</param>
/// <param name="fingerprint">SHA-256 of method, path, query and body; equal for equal requests.</param>
/// <param name="secret">The API key that was presented.</param>
public sealed class Idempotency(Caller caller, string key, string fingerprint, string secret)
{
    public static readonly TimeSpan Retention = TimeSpan.FromHours(24);

    public static readonly Fault Reused = new(
        FaultKind.Invalid,
        "idempotency_key_reused",
        "This Idempotency-Key was used for another request; take a new one.");

    public static readonly Fault InFlight = Fault.Conflict(
        "idempotency_in_flight",
        "The first request with this Idempotency-Key is still running; try again when it is done.");

    public static readonly Fault SecretWithheld = Fault.Conflict(
        "idempotency_secret_withheld",
        "The request was done before; its answer holds a secret, which only the API key that sent it gets again.");

    private const int PurgeBatch = 100;

    private static readonly JsonSerializerOptions Plain = new(JsonConventions.Lenient);

    private static readonly AsyncLocal<Idempotency?> Ambient = new();

    // The label must not change: stored results are encrypted with keys derived from it.
    private readonly Lazy<byte[]> _encryptionKey = new(() => HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        Encoding.UTF8.GetBytes(secret),
        32,
        Encoding.UTF8.GetBytes(key),
        "workspace-service/safe-retry"u8.ToArray()));

    private readonly string _scope = ScopeOf(caller);

    /// <summary>That of the current request; null without the header.</summary>
    public static Idempotency? Current
    {
        get => Ambient.Value;
        internal set => Ambient.Value = value;
    }

    /// <summary>True where the result is replayed.</summary>
    public bool Replayed { get; private set; }

    /// <summary>Whom a key belongs to: the user, the service key, or root.</summary>
    public static string ScopeOf(Caller caller) => caller.IsRoot ? RootKey.Caller.KeyId
        : caller.UserCode ?? caller.KeyId;

    /// <summary>Deletes the results that are no longer kept, in small batches beside the transactions.</summary>
    public static async Task PurgeAsync(ConnectionFactory db, TimeProvider clock, CancellationToken ct)
    {
        var row = new { Before = clock.GetUtcNow() - Retention, Take = PurgeBatch };
        while (await db.CleanUpAsync(Sql.DeleteExpired, row, ct) == PurgeBatch)
        {
        }
    }

    /// <summary>
    /// Runs <paramref name="work"/> once; replays its stored result afterwards. <c>idempotency_key_reused</c> for
    /// another request, <c>idempotency_secret_withheld</c> for a secret that another API key was given.
    /// </summary>
    public async Task<Outcome<T>> OnceAsync<T>(Session session, Func<Task<Outcome<T>>> work)
    {
        WriteLocks.IdempotencyKey(session, _scope, key);
        var stored = await session.FindAsync<Stored>(Sql.Find, new
        {
            Scope = _scope,
            caller.KeyId,
            caller.UserId,
            Key = key,
            Fingerprint = fingerprint,
            Before = session.Now - Retention,
        });
        if (stored is not null)
        {
            if (stored.Fingerprint != fingerprint)
            {
                return Reused;
            }

            var answer = stored.Sealed == 0 ? Encoding.UTF8.GetBytes(stored.Answer) : Decrypt(stored.Answer);
            if (answer is null)
            {
                return SecretWithheld;
            }

            Replayed = true;
            return JsonSerializer.Deserialize<T>(answer, Plain)!;
        }

        // The transaction may run again, and find then what another request has stored meanwhile.
        Replayed = false;
        var outcome = await work();
        if (outcome.Succeeded(out var value, out _))
        {
            var holdsSecret = IHoldsSecret.IsTrueOf(value);
            await session.ExecuteAsync(
                Sql.Insert,
                new
                {
                    Scope = _scope,
                    Key = key,
                    Fingerprint = fingerprint,
                    Answer = holdsSecret ? Encrypt(value) : JsonSerializer.Serialize(value, Plain),
                    Sealed = holdsSecret ? 1 : 0,
                    CreatedAt = session.Now,
                });
        }

        return outcome;
    }

    private string Encrypt<T>(T value)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(value, Plain);
        var nonce = RandomNumberGenerator.GetBytes(12);
        var cipher = new byte[plain.Length];
        var tag = new byte[16];
        using var aes = new AesGcm(_encryptionKey.Value, tag.Length);
        aes.Encrypt(nonce, plain, cipher, tag);
        return Convert.ToBase64String([.. nonce, .. tag, .. cipher]);
    }

    // Null where another text than the one that is presented now has made the result.
    private byte[]? Decrypt(string answer)
    {
        var bytes = Convert.FromBase64String(answer).AsSpan();
        var plain = new byte[bytes.Length - 28];
        using var aes = new AesGcm(_encryptionKey.Value, 16);
        try
        {
            aes.Decrypt(bytes[..12], bytes[28..], bytes[12..28], plain);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private sealed record Stored
    {
        public string Fingerprint { get; init; } = "";

        public string Answer { get; init; } = "";

        /// <summary>1 where the answer is encrypted, otherwise 0.</summary>
        public long Sealed { get; init; }
    }

    private static class Sql
    {
        // A row that is stored anew meanwhile is not deleted.
        public const string DeleteExpired = """
            DELETE FROM idempotency_keys
            WHERE (scope, key) IN (SELECT scope, key FROM idempotency_keys WHERE created_at < @Before
                                   ORDER BY created_at LIMIT @Take)
              AND created_at < @Before
            """;

        // Earlier versions stored each row under the API key (remove this a day after the last of them): that of the
        // same request counts whichever key of the user sent it. The caller's own row comes first.
        public const string Find = """
            SELECT fingerprint, answer, sealed, CASE WHEN scope = @Scope THEN 0 ELSE 1 END AS place
            FROM idempotency_keys
            WHERE scope IN (@Scope, @KeyId) AND key = @Key AND created_at >= @Before
            UNION ALL
            SELECT i.fingerprint, i.answer, i.sealed, 2 AS place
            FROM api_keys k
            JOIN idempotency_keys i ON i.scope = k.code AND i.key = @Key AND i.created_at >= @Before
              AND i.fingerprint = @Fingerprint
            WHERE k.user_id = @UserId
            ORDER BY place
            LIMIT 1
            """;

        // An expired row of the same key is replaced.
        public const string Insert = """
            INSERT INTO idempotency_keys (scope, key, fingerprint, answer, sealed, created_at)
            VALUES (@Scope, @Key, @Fingerprint, @Answer, @Sealed, @CreatedAt)
            ON CONFLICT (scope, key) DO UPDATE
            SET fingerprint = @Fingerprint, answer = @Answer, sealed = @Sealed, created_at = @CreatedAt
            """;
    }
}
