using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// <c>Idempotency-Key</c>: replays the result of an earlier write with the same key, scoped to the caller's API key and
/// kept for 24 hours. The result is stored in the write's transaction; faults are not stored. Results may contain
/// secrets that are shown once, so they are encrypted (AES-GCM) with a key derived from the caller's API key, which the
/// service does not store.
/// </summary>
/// <param name="scope">The caller's key id.</param>
/// <param name="key">The value of the header.</param>
/// <param name="fingerprint">SHA-256 of method, path, query and body; equal for equal requests.</param>
/// <param name="secret">The caller's API key.</param>
public sealed class Idempotency(string scope, string key, string fingerprint, string secret)
{
    public static readonly TimeSpan Retention = TimeSpan.FromHours(24);

    public static readonly Fault Reused = new(
        FaultKind.Invalid,
        "idempotency_key_reused",
        "This Idempotency-Key was used for another request; take a new one.");

    public static readonly Fault InFlight = Fault.Conflict(
        "idempotency_in_flight",
        "The first request with this Idempotency-Key is still running; try again when it is done.");

    private static readonly JsonSerializerOptions Plain = new(JsonConventions.Lenient);

    private static readonly AsyncLocal<Idempotency?> Ambient = new();

    // The label must not change: stored results are encrypted with keys derived from it.
    private readonly byte[] _encryptionKey = HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        Encoding.UTF8.GetBytes(secret),
        32,
        Encoding.UTF8.GetBytes(key),
        "workspace-service/safe-retry"u8.ToArray());

    /// <summary>That of the current request; null without the header.</summary>
    public static Idempotency? Current
    {
        get => Ambient.Value;
        internal set => Ambient.Value = value;
    }

    /// <summary>True where the result is replayed.</summary>
    public bool Replayed { get; private set; }

    /// <summary>
    /// Runs <paramref name="work"/> once; replays its stored result afterwards. <c>idempotency_key_reused</c> for
    /// another request.
    /// </summary>
    public async Task<Outcome<T>> OnceAsync<T>(Session session, Func<Task<Outcome<T>>> work)
    {
        var row = new { Scope = scope, Key = key, Before = session.Now - Retention };
        await session.ExecuteAsync(Sql.DeleteExpired, row);
        if (await session.FindAsync<Stored>(Sql.Find, row) is { } earlier)
        {
            if (earlier.Fingerprint != fingerprint || Decrypt(earlier.Answer) is not { } answer)
            {
                return Reused;
            }

            Replayed = true;
            return JsonSerializer.Deserialize<T>(answer, Plain)!;
        }

        var outcome = await work();
        if (outcome.Succeeded(out var value, out _))
        {
            await session.ExecuteAsync(
                Sql.Insert,
                new
                {
                    Scope = scope,
                    Key = key,
                    Fingerprint = fingerprint,
                    Answer = Encrypt(value),
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
        using var aes = new AesGcm(_encryptionKey, tag.Length);
        aes.Encrypt(nonce, plain, cipher, tag);
        return Convert.ToBase64String([.. nonce, .. tag, .. cipher]);
    }

    // Null after the API key was rotated: the result is encrypted with the old one.
    private byte[]? Decrypt(string answer)
    {
        var bytes = Convert.FromBase64String(answer).AsSpan();
        var plain = new byte[bytes.Length - 28];
        using var aes = new AesGcm(_encryptionKey, 16);
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
    }

    private static class Sql
    {
        // At most 100 per request, so that no request waits for a large deletion.
        public const string DeleteExpired = """
            DELETE FROM idempotency_keys
            WHERE (scope, key) IN (SELECT scope, key FROM idempotency_keys WHERE created_at < @Before
                                   ORDER BY created_at LIMIT 100)
            """;

        public const string Find = """
            SELECT fingerprint, answer FROM idempotency_keys WHERE scope = @Scope AND key = @Key
              AND created_at >= @Before
            """;

        public const string Insert = """
            INSERT INTO idempotency_keys (scope, key, fingerprint, answer, created_at)
            VALUES (@Scope, @Key, @Fingerprint, @Answer, @CreatedAt)
            ON CONFLICT (scope, key) DO UPDATE
            SET fingerprint = @Fingerprint, answer = @Answer, created_at = @CreatedAt
            """;
    }
}
