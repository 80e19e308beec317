using System.Text.Json.Nodes;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Redacts free-form configuration: every non-null value whose name looks like a secret is replaced by
/// <see cref="Hidden"/> in responses and events.
/// </summary>
public static class SecretRedaction
{
    public const string Hidden = "***";

    // Parts of names. Too many rather than too few: hiding a harmless value does less harm than showing a secret.
    private static readonly string[] SecretNameParts =
        [
            "token", "secret", "password", "passwd", "passphrase", "pwd", "key", "credential", "private",
            "authorization", "webhook", "cookie", "signature",
        ];

    /// <summary>A redacted copy.</summary>
    public static JsonObject Hide(JsonObject config) => (JsonObject)Copy(config)!;

    /// <summary>Adds the change of a configuration, redacted.</summary>
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
        SecretNameParts.Any(part => key.Contains(part, StringComparison.OrdinalIgnoreCase));
}
