using System.Security.Cryptography;
using System.Text;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// How an API key is written: <c>secret_key_</c> and the like, the random part (see <see cref="SecretText"/>), and 6
/// characters that hold a checksum, so that a mistyped key is refused without asking the database.
/// </summary>
public static class ApiKeyFormat
{
    public const string RootPrefix = ApiKeyTypes.Root + "_key_";

    private const int SumLength = 6;

    private static readonly string[] Prefixes = [.. ApiKeyTypes.All.Select(type => $"{type}_key_")];

    /// <param name="type">root, user, secret or publishable.</param>
    public static string Create(string type)
    {
        var body = SecretText.Create($"{type}_key_");
        return body + Sum(body);
    }

    /// <summary>True where the checksum is right.</summary>
    public static bool IsWellFormed(string key)
    {
        foreach (var prefix in Prefixes)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal)
                && key.Length == prefix.Length + SecretText.Length + SumLength)
            {
                return SecretText.IsMadeOfCharacters(key.AsSpan(prefix.Length))
                    && key.EndsWith(Sum(key[..^SumLength]), StringComparison.Ordinal);
            }
        }

        return false;
    }

    /// <summary>The beginning that may be shown again, to tell keys apart.</summary>
    public static string Hint(string key) =>
        key[..(key.IndexOf("_key_", StringComparison.Ordinal) + "_key_".Length + 4)];

    private static string Sum(string body)
    {
        var number = BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(body))) >> 8;
        return string.Create(SumLength, number, static (span, n) =>
        {
            foreach (ref var c in span)
            {
                (c, n) = (SecretText.Alphabet[(int)(n % 62)], n / 62);
            }
        });
    }
}
