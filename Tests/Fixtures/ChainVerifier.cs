using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkspaceService;

/// <summary>
/// Verifies a chain of events from nothing but what was shown, as any reader of the log can: it shares no code with the
/// service.
/// </summary>
public static class ChainVerifier
{
    private static readonly Dictionary<char, string> Short = new()
    {
        ['"'] = "\\\"",
        ['\\'] = @"\\",
        ['\b'] = @"\b",
        ['\f'] = @"\f",
        ['\n'] = @"\n",
        ['\r'] = @"\r",
        ['\t'] = @"\t",
    };

    /// <summary>The ids of the events, in their order, that do not follow or are not as they were written.</summary>
    public static List<string> FindBroken(IEnumerable<JsonElement> events)
    {
        var (previous, broken) = (new string('0', 64), new List<string>());
        foreach (var shown in events)
        {
            var e = JsonObject.Create(shown)!;
            var (before, hash) = ((string?)e["previous_hash"], (string?)e["hash"]);
            e.Remove("previous_hash");
            e.Remove("hash");
            var found = SHA256.HashData(Encoding.UTF8.GetBytes($"{before}\n{Canonical(e)}"));
            if (before != previous || Convert.ToHexStringLower(found) != hash)
            {
                broken.Add((string)e["id"]!);
            }

            previous = hash;
        }

        return broken;
    }

    private static string Canonical(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject members => $"{{{string.Join(',', members.OrderBy(m => m.Key, StringComparer.Ordinal)
            .Select(m => $"{Text(m.Key)}:{Canonical(m.Value)}"))}}}",
        JsonArray items => $"[{string.Join(',', items.Select(Canonical))}]",
        _ when node.GetValueKind() == JsonValueKind.String => Text((string)node!),
        _ => node.ToJsonString(),
    };

    private static string Text(string text) => $"\"{string.Concat(text.Select(c =>
        Short.GetValueOrDefault(c) ?? (c < ' ' ? $@"\u{(int)c:x4}" : $"{c}")))}\"";
}
