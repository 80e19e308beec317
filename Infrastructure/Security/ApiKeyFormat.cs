using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// How an API key is written: <c>secret_key_</c> and the like, 43 base-62 characters that hold 256 random bits, and 6 that
/// hold a checksum, so that a mistyped key is refused without asking the database. Only <see cref="Hash"/> is ever stored.
/// </summary>
public static class ApiKeyFormat
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int RandomLength = 43;
    private const int SumLength = 6;

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    private static readonly string[] Prefixes = ["root_key_", "user_key_", "secret_key_", "publishable_key_"];

    /// <param name="type">root, user, secret or publishable.</param>
    public static string Create(string type)
    {
        // 43 characters of 62 hold 256.03 bits; GetString draws each one evenly.
        var body = $"{type}_key_{RandomNumberGenerator.GetString(Alphabet, RandomLength)}";
        return body + Sum(body);
    }

    /// <summary>True where the checksum is right.</summary>
    public static bool IsWellFormed(string key)
    {
        foreach (var prefix in Prefixes)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal) && key.Length == prefix.Length + RandomLength + SumLength)
            {
                return key.AsSpan(prefix.Length).IndexOfAnyExcept(Characters) < 0 && key.EndsWith(Sum(key[..^SumLength]), StringComparison.Ordinal);
            }
        }

        return false;
    }

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>The beginning that may be shown again, to tell keys apart.</summary>
    public static string Hint(string key) => key[..(key.IndexOf("_key_", StringComparison.Ordinal) + "_key_".Length + 4)];

    private static string Sum(string body)
    {
        var number = BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(body))) >> 8;
        return string.Create(SumLength, number, static (span, n) =>
        {
            foreach (ref var c in span)
            {
                (c, n) = (Alphabet[(int)(n % 62)], n / 62);
            }
        });
    }
}
