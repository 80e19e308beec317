using System.Text.Json.Nodes;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Free-form configuration may hold secrets. What stands under a key that looks like one is never shown or recorded: it
/// is replaced, whatever it is, by <see cref="Hidden"/>. A null says that nothing is set, and stays.
/// </summary>
public static class SecretRedaction
{
    public const string Hidden = "***";

    // Parts of names. Too many rather than too few: a hidden harmless value costs a look elsewhere, a shown secret
    // more.
    private static readonly string[] Signs =
        [
            "token", "secret", "password", "passwd", "passphrase", "pwd", "key", "credential", "private",
            "authorization", "webhook", "cookie", "signature",
        ];

    /// <summary>A copy that may be shown.</summary>
    public static JsonObject Hide(JsonObject config) => (JsonObject)Copy(config)!;

    /// <summary>The two values of a change as an event may hold them.</summary>
    public static Changes SetConfig(this Changes changes, JsonObject? before, JsonObject? after)
    {
        if (!JsonNode.DeepEquals(before, after))
        {
            changes["config"] = [before is null ? null : Hide(before), after is null ? null : Hide(after)];
        }

        return changes;
    }

    private static JsonNode? Copy(JsonNode? node) => node switch
    {
        JsonObject inner => new JsonObject(inner.Select(member =>
            KeyValuePair.Create(
                member.Key, member.Value is not null && LooksSecret(member.Key) ? Hidden : Copy(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Copy)]),
        _ => node?.DeepClone(),
    };

    private static bool LooksSecret(string key) =>
        Signs.Any(sign => key.Contains(sign, StringComparison.OrdinalIgnoreCase));
}
