using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// Where a keyset-paged list goes on: the sort keys of the last row shown. Opaque to clients, and bound to the list and
/// its filters: a cursor of another list, of other filters, or one that was damaged does not decode.
/// </summary>
public static class Cursor
{
    private const int SumLength = 12;

    public static string Encode(string binding, params ReadOnlySpan<string> keys)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(keys.ToArray());
        return Base64Url.EncodeToString([.. Sum(binding, payload), .. payload]);
    }

    /// <summary>
    /// The keys, or null where <paramref name="cursor"/> was not made for this <paramref name="binding"/>.
    /// </summary>
    public static string[]? Decode(string binding, string cursor, int count)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(cursor);
            if (bytes.Length <= SumLength
                || !Sum(binding, bytes.AsSpan(SumLength)).AsSpan().SequenceEqual(bytes.AsSpan(0, SumLength)))
            {
                return null;
            }

            var keys = JsonSerializer.Deserialize<string[]>(bytes.AsSpan(SumLength));
            return keys?.Length == count && keys.All(key => key is not null && JsonConventions.IsText(key))
                ? keys
                : null;
        }
        catch (Exception damaged) when (damaged is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Joins a list's name and its filters to the text that a cursor is bound to.</summary>
    public static string Binding(params ReadOnlySpan<string?> parts) => JsonSerializer.Serialize(parts.ToArray());

    private static byte[] Sum(string binding, ReadOnlySpan<byte> payload) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes(binding), 0, .. payload])[..SumLength];
}
