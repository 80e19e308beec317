using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// The hashes of events, which chain those of an organization in the order of their sequences; events of no
/// organization are a chain of their own. A hash is the lower-case SHA-256 of the one before, a line feed, and the
/// event as it is shown, without the two hashes, as <see cref="CanonicalJson"/>.
/// </summary>
internal static class EventChain
{
    /// <summary>What comes before the first hash.</summary>
    public const string Start = "0000000000000000000000000000000000000000000000000000000000000000";

    [ThreadStatic]
    private static CanonicalJson? _canonical;

    /// <summary>The hash of an event under <paramref name="sequence"/>; its own one is not read.</summary>
    public static string Hash(string previous, long sequence, EventRow e)
    {
        var json = _canonical ??= new();
        Write(json, previous, sequence, e);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(json.Written, hash);
        json.Clear();
        return Convert.ToHexStringLower(hash);
    }

    private static void Write(CanonicalJson json, string previous, long sequence, EventRow e)
    {
        Span<byte> text = stackalloc byte[64];
        json.Clear();
        json.Raw(text[..Encoding.ASCII.GetBytes(previous, text)]);
        json.Raw("\n{\"actor\":{\"id\":"u8).String(e.ActorId);
        json.Raw(",\"kind\":"u8).String(e.ActorKind);
        json.Raw("},\"changes\":"u8).Value(e.Changes.Text);
        json.Raw(",\"id\":"u8).String(e.Id);
        e.OccurredAt.UtcDateTime.TryFormat(text, out var length, "s", CultureInfo.InvariantCulture);
        json.Raw(",\"occurred_at\":\""u8).Raw(text[..length]);
        json.Raw("Z\",\"organization_id\":"u8).String(e.OrganizationId);
        json.Raw(",\"request_id\":"u8).String(e.RequestId);
        json.Raw(",\"sequence\":"u8).Number(sequence);
        json.Raw(",\"subject\":{\"id\":"u8).String(e.SubjectId);
        json.Raw(",\"kind\":"u8).String(e.SubjectKind);
        json.Raw("},\"type\":"u8).String(e.Type);
        json.Raw(",\"workspace_id\":"u8).String(e.WorkspaceId).Raw("}"u8);
    }
}
