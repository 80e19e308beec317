using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Creates secrets with a random part of 43 base-62 characters: 256 random bits. Only their <see cref="Hash"/> is
/// stored.
/// </summary>
public static class SecretText
{
    public const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public const int Length = 43;

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    /// <summary>A new secret: <paramref name="prefix"/> and the random part.</summary>
    public static string Create(string prefix) => prefix + RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>True where <paramref name="text"/> consists of base-62 characters.</summary>
    public static bool IsMadeOfCharacters(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Characters);

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public static string Hash(string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
