using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// Makes a write safe to send again: <c>Idempotency-Key</c>, scoped to the caller's key, kept 24 hours. The value is
/// stored in the write's own transaction, so it exists exactly when the write does; a refusal changed nothing and is
/// not stored. Values may hold secrets that are shown once, so they are sealed with the caller's API key, which the
/// service does not have.
/// </summary>
/// <param name="scope">The caller's key id.</param>
/// <param name="key">The header's value.</param>
/// <param name="fingerprint">SHA-256 of method, path and body: what makes two requests the same.</param>
/// <param name="secret">The caller's API key.</param>
public sealed class Idempotency(string scope, string key, string fingerprint, string secret)
{
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    public static readonly Fault Reused = new(
        FaultKind.Invalid,
        "idempotency_key_reused",
        "This Idempotency-Key was used for another request; take a new one.");

    public static readonly Fault InFlight = Fault.Conflict(
        "idempotency_in_flight",
        "The first request with this Idempotency-Key is still running; try again when it is done.");

    private static readonly JsonSerializerOptions Plain = new(JsonConventions.Lenient);

    private static readonly AsyncLocal<Idempotency?> OfRequest = new();

    // The label is part of every stored answer's key: it stays as it was when the first of them was sealed.
    private readonly byte[] _sealingKey = HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        Encoding.UTF8.GetBytes(secret),
        32,
        Encoding.UTF8.GetBytes(key),
        "workspace-service/safe-retry"u8.ToArray());

    /// <summary>That of the request that is being answered; null where it brought no key.</summary>
    public static Idempotency? Current
    {
        get => OfRequest.Value;
        internal set => OfRequest.Value = value;
    }

    /// <summary>True once the answer is that of an earlier request.</summary>
    public bool Replayed { get; private set; }

    /// <summary>Does <paramref name="work"/> unless it was done before; then hands back what it answered.</summary>
    public async Task<Outcome<T>> OnceAsync<T>(Session session, Func<Task<Outcome<T>>> work)
    {
        var row = new { Scope = scope, Key = key, Before = session.Now - Kept };
        await session.ExecuteAsync(Sql.DeleteExpired, row);
        if (await session.FindAsync<Stored>(Sql.Find, row) is { } earlier)
        {
            if (earlier.Fingerprint != fingerprint || Open(earlier.Answer) is not { } answer)
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
                    Answer = Seal(value),
                    CreatedAt = session.Now,
                });
        }

        return outcome;
    }

    private string Seal<T>(T value)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(value, Plain);
        var nonce = RandomNumberGenerator.GetBytes(12);
        var cipher = new byte[plain.Length];
        var tag = new byte[16];
        using var aes = new AesGcm(_sealingKey, tag.Length);
        aes.Encrypt(nonce, plain, cipher, tag);
        return Convert.ToBase64String([.. nonce, .. tag, .. cipher]);
    }

    // Null where the key has been rotated since: its new text cannot open what the old one sealed.
    private byte[]? Open(string answer)
    {
        var bytes = Convert.FromBase64String(answer).AsSpan();
        var plain = new byte[bytes.Length - 28];
        using var aes = new AesGcm(_sealingKey, 16);
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
        // Some at a time: each request that adds one takes away up to a hundred, and none has to wait for all of them.
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
