using System.Security.Cryptography;
using System.Text;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// The format of API keys: a prefix such as <c>secret_key_</c>, the random part (see <see cref="SecretText"/>), and a
/// checksum of 6 characters, with which mistyped keys are rejected without a query.
/// </summary>
public static class ApiKeyFormat
{
    public const string RootPrefix = ApiKeyTypes.Root + "_key_";

    private const int ChecksumLength = 6;

    private static readonly string[] Prefixes = [.. ApiKeyTypes.All.Select(type => $"{type}_key_")];

    /// <param name="type">root, user, secret or publishable.</param>
    public static string Create(string type)
    {
        var body = SecretText.Create($"{type}_key_");
        return body + Checksum(body);
    }

    /// <summary>True where prefix, length and checksum are valid.</summary>
    public static bool IsWellFormed(string key)
    {
        foreach (var prefix in Prefixes)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal)
                && key.Length == prefix.Length + SecretText.Length + ChecksumLength)
            {
                return SecretText.IsMadeOfCharacters(key.AsSpan(prefix.Length))
                    && key.EndsWith(Checksum(key[..^ChecksumLength]), StringComparison.Ordinal);
            }
        }

        return false;
    }

    /// <summary>The prefix and 4 characters, which are stored and shown to tell keys apart.</summary>
    public static string Hint(string key) =>
        key[..(key.IndexOf("_key_", StringComparison.Ordinal) + "_key_".Length + 4)];

    private static string Checksum(string body)
    {
        var number = BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(body))) >> 8;
        return string.Create(ChecksumLength, number, static (span, n) =>
        {
            foreach (ref var c in span)
            {
                (c, n) = (SecretText.Alphabet[(int)(n % 62)], n / 62);
            }
        });
    }
}
