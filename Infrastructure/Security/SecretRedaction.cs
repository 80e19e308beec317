using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Redacts free-form configuration: a value is kept only under a name that is known to be harmless; every other value
/// except null is replaced by <see cref="Hidden"/>.
/// </summary>
public static partial class SecretRedaction
{
    public const string Hidden = "***";

    // Compared without regard to case, hyphens and underscores.
    private static readonly HashSet<string> HarmlessNames =
    [
        "org", "organization", "owner", "group", "namespace", "team", "workspace", "project", "projects", "repo",
        "repos", "repository", "repositories", "branch", "board", "space", "channel", "channels", "site", "region",
        "environment",
    ];

    private static readonly HashSet<string> UrlNames = ["url", "baseurl", "host"];

    // The address of an incoming webhook is the secret that these systems are configured with.
    private static readonly HashSet<string> TypesWithSecretUrls = ["slack", "microsoft_teams"];

    /// <summary>A redacted copy.</summary>
    /// <param name="type">The integration's type; null for the configuration of anything else.</param>
    public static JsonObject Hide(JsonObject config, string? type) =>
        new(config.Select(member => KeyValuePair.Create(
            member.Key, IsHarmless(member.Key, type) ? Copy(member.Value, type) : Mask(member.Value))));

    /// <summary>Adds the change of a configuration, redacted.</summary>
    /// <param name="type">The integration's type; null for the configuration of anything else.</param>
    public static Changes SetConfig(this Changes changes, JsonObject? before, JsonObject? after, string? type = null)
    {
        if (!JsonNode.DeepEquals(before, after))
        {
            changes["config"] = [before is null ? null : Hide(before, type), after is null ? null : Hide(after, type)];
        }

        return changes;
    }

    private static bool IsHarmless(string name, string? type)
    {
        var key = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal)
            .ToLowerInvariant();
        return HarmlessNames.Contains(key)
            || (UrlNames.Contains(key) && type is not null && !TypesWithSecretUrls.Contains(type));
    }

    // A value under a harmless name; the members of an object have names of their own.
    private static JsonNode? Copy(JsonNode? node, string? type) => node switch
    {
        JsonObject inner => Hide(inner, type),
        JsonArray items => new JsonArray([.. items.Select(item => Copy(item, type))]),
        { } value when value.GetValueKind() == JsonValueKind.String && IsSuspect(value.GetValue<string>(), type) =>
            Hidden,
        _ => node?.DeepClone(),
    };

    private static JsonNode? Mask(JsonNode? node) => node is null ? null : Hidden;

    private static bool IsSuspect(string text, string? type) =>
        text.Any(char.IsControl)
        || UserInformation().IsMatch(text)
        || (text.Contains("//", StringComparison.Ordinal)
            && (text.AsSpan().ContainsAny('?', '#') || (type is not null && TypesWithSecretUrls.Contains(type))));

    // URLs with user information, also misspelt ones that clients repair: one slash, backslashes, none at all.
    [GeneratedRegex("""[/\\]{2}[^/?#\\\s]*@|:[/\\]*[^/?#\\\s]*@|[/\\]{2}\S*:\S*@""")]
    private static partial Regex UserInformation();
}
