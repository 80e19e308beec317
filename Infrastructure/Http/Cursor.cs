using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// Cursors of keyset paging: the sort keys of a page's last row with a checksum. Opaque to clients and bound to the
/// list and its filters: a damaged cursor, or one of another list or other filters, does not decode.
/// </summary>
public static class Cursor
{
    private const int ChecksumLength = 12;

    public static string Encode(string binding, params ReadOnlySpan<string> keys)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(keys.ToArray());
        return Base64Url.EncodeToString([.. Checksum(binding, payload), .. payload]);
    }

    /// <summary>
    /// The <paramref name="count"/> keys; null where the cursor is damaged or has another <paramref name="binding"/>.
    /// </summary>
    public static string[]? Decode(string binding, string cursor, int count)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(cursor);
            if (bytes.Length <= ChecksumLength
                || !Checksum(binding, bytes.AsSpan(ChecksumLength)).AsSpan()
                    .SequenceEqual(bytes.AsSpan(0, ChecksumLength)))
            {
                return null;
            }

            var keys = JsonSerializer.Deserialize<string[]>(bytes.AsSpan(ChecksumLength));
            return keys?.Length == count && keys.All(key => key is not null && JsonConventions.IsText(key))
                ? keys
                : null;
        }
        catch (Exception damaged) when (damaged is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The text that a cursor is bound to: a list's name and its filters.</summary>
    public static string Binding(params ReadOnlySpan<string?> parts) => JsonSerializer.Serialize(parts.ToArray());

    private static byte[] Checksum(string binding, ReadOnlySpan<byte> payload) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes(binding), 0, .. payload])[..ChecksumLength];
}
