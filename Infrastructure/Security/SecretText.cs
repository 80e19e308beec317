using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// The random part of every secret that the service makes: 43 base-62 characters, which hold 256 random bits. Only
/// <see cref="Hash"/> of a secret is ever stored.
/// </summary>
public static class SecretText
{
    public const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // 43 characters of 62 hold 256.03 bits.
    public const int Length = 43;

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    /// <summary>A new secret that begins with <paramref name="prefix"/>, each character drawn evenly.</summary>
    public static string Create(string prefix) => prefix + RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>True where <paramref name="text"/> has no character that a secret cannot have.</summary>
    public static bool IsMadeOfCharacters(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Characters);

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public static string Hash(string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
