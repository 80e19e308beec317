using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace WorkspaceService;

/// <summary>
/// As much of JSON Schema 2020-12 as the API document uses; a keyword that is not known here throws.
/// </summary>
/// <param name="document">Where references lead to.</param>
/// <param name="isStrict">
/// A member that the schema neither names nor allows with <c>additionalProperties</c> is an error, unlike in the
/// standard.
/// </param>
internal sealed class SchemaValidator(JsonNode document, bool isStrict = true)
{
    private static readonly HashSet<string> Annotations =
        ["description", "example", "examples", "default", "title", "deprecated", "readOnly", "writeOnly"];

    private static readonly Dictionary<string, Regex> Formats = new()
    {
        ["date-time"] = new(@"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$"), // RFC 3339
        ["date"] = new(@"^\d{4}-\d\d-\d\d$"),
        ["email"] = new(@"^[^@\s]+@[^@\s]+$"),
        ["uri"] = new(@"^[a-z][a-z0-9+.-]*:\S+$"),
    };

    private readonly Dictionary<string, Regex> _patterns = [];

    /// <summary>What is wrong with a value, each with its place; nothing where it keeps to the schema.</summary>
    public IEnumerable<string> Errors(JsonNode schema, JsonNode? value, string at = "") =>
        schema is JsonValue allowed
            ? (bool)allowed ? [] : [$"{at} must not be there"]
            : schema.AsObject().SelectMany(keyword => Errors(schema, keyword.Key, keyword.Value!, value, at));

    /// <summary>The object itself, or what its <c>$ref</c> leads to.</summary>
    public static JsonNode Resolve(JsonNode document, JsonNode node) =>
        node["$ref"] is JsonValue reference ? Find(document, reference.GetValue<string>())! : node;

    /// <summary>What a reference such as <c>#/components/schemas/User</c> leads to; null for nowhere.</summary>
    public static JsonNode? Find(JsonNode document, string reference) =>
        reference[2..].Split('/')
            .Aggregate((JsonNode?)document, (node, step) => node?[step.Replace("~1", "/", StringComparison.Ordinal)]);

    private IEnumerable<string> Errors(JsonNode schema, string keyword, JsonNode rule, JsonNode? value, string at)
    {
        var isRight = keyword switch
        {
            "$ref" or "items" or "properties" or "oneOf" or "required" => true, // below
            "additionalProperties" or "propertyNames" => true, // with the properties
            "type" => (rule is JsonArray types ? types.Select(t => (string)t!) : [(string)rule!])
                .Any(type => Is(type, value)),
            "enum" => rule.AsArray().Any(word => JsonNode.DeepEquals(word, value)),
            "const" => JsonNode.DeepEquals(rule, value),
            "minLength" => Text(value) is not { } text || text.EnumerateRunes().Count() >= (int)rule,
            "maxLength" => Text(value) is not { } text || text.EnumerateRunes().Count() <= (int)rule,
            "pattern" => Text(value) is not { } text || Pattern((string)rule!).IsMatch(text),
            "format" => HasFormat((string)rule!, value),
            "minimum" => Number(value) is not { } number || number >= Number(rule),
            "maximum" => Number(value) is not { } number || number <= Number(rule),
            "minItems" => value is not JsonArray { Count: var count } || count >= (int)rule,
            "maxItems" => value is not JsonArray { Count: var count } || count <= (int)rule,
            "uniqueItems" => value is not JsonArray array
                || array.Select(item => item?.ToJsonString()).Distinct().Count() == array.Count,
            "minProperties" => value is not JsonObject { Count: var count } || count >= (int)rule,
            "maxProperties" => value is not JsonObject { Count: var count } || count <= (int)rule,
            _ => Annotations.Contains(keyword) || keyword.StartsWith("x-", StringComparison.Ordinal)
                ? true
                : throw new NotSupportedException($"Say here what the keyword {keyword} means."),
        };
        if (!isRight)
        {
            return [$"{at} is {Shown(value)}, against {keyword} {Shown(rule)}"];
        }

        return (keyword, value) switch
        {
            ("$ref", _) => Errors(Find(document, (string)rule!)!, value, at),
            ("oneOf", _) => rule.AsArray().Count(one => !Errors(one!, value, at).Any()) is var fits && fits != 1
                ? [$"{at} is {Shown(value)}, which fits {fits} of the alternatives"]
                : [],
            ("required", JsonObject members) => rule.AsArray()
                .Where(name => !members.ContainsKey((string)name!)).Select(name => $"{at}/{name} is missing"),
            ("items", JsonArray items) => items.SelectMany((item, n) => Errors(rule, item, $"{at}/{n}")),
            ("properties", JsonObject members) => Members(schema, rule, members, at),
            ("additionalProperties", JsonObject members) when schema["properties"] is null =>
                Members(schema, new JsonObject(), members, at),
            _ => [],
        };
    }

    private IEnumerable<string> Members(JsonNode schema, JsonNode properties, JsonObject members, string at) =>
        members.SelectMany(member => (properties[member.Key] ?? schema["additionalProperties"]) is { } inner
            ? Errors(inner, member.Value, $"{at}/{member.Key}")
            : isStrict ? [$"{at}/{member.Key} is not described"] : []);

    private Regex Pattern(string pattern) => _patterns.TryGetValue(pattern, out var known)
        ? known
        : _patterns[pattern] = new(pattern, RegexOptions.ECMAScript);

    private static bool HasFormat(string format, JsonNode? value) => format switch
    {
        "int32" => Number(value) is not { } number || number is >= int.MinValue and <= int.MaxValue,
        "int64" => Number(value) is not { } number || number is >= long.MinValue and <= long.MaxValue,
        _ => Text(value) is not { } text || Formats[format].IsMatch(text),
    };

    private static string? Text(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.String ? (string)value! : null;

    private static decimal? Number(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Number
            ? decimal.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture)
            : null;

    private static string Shown(JsonNode? value) =>
        (value?.ToJsonString() ?? "null") is var json && json.Length > 200 ? $"{json[..200]}…" : json;

    private static bool Is(string type, JsonNode? value) =>
        (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
        {
            ("null", JsonValueKind.Null) or ("string", JsonValueKind.String)
                or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
            ("array", JsonValueKind.Array) or ("object", JsonValueKind.Object)
                or ("number", JsonValueKind.Number) => true,
            ("integer", JsonValueKind.Number) => Number(value) is { } number && number == decimal.Truncate(number),
            _ => false,
        };
}
