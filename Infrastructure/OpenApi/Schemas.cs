using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>
/// The schemas of one document, generated from System.Text.Json's contracts, so that names, ignored members and
/// free-form objects match the JSON. The package's own schemas are not used: it describes every type with a converter
/// as any value, and text, times and <see cref="Optional{T}"/> have converters here.
/// </summary>
internal sealed partial class Schemas(OpenApiDocument document, Documentation documentation)
{
    private static readonly JsonSerializerOptions Contract = new(JsonConventions.Strict)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private static readonly NullabilityInfoContext Nullability = new();

    private readonly Dictionary<(Type Type, bool OfBody), string> _names = [];

    /// <summary>
    /// The use of a schema: in a response every member is required, in a body those that the validator requires.
    /// </summary>
    internal sealed record Use(bool OfBody, Constraints Constraints)
    {
        public static readonly Use Answer = new(false, Constraints.None);

        /// <summary>
        /// For nested types: validator rules apply to the message's own members only.
        /// </summary>
        public Use Inside => this with { Constraints = Constraints.None };
    }

    public IOpenApiSchema Of(Type type, Use use) => Of(type, null, use);

    /// <summary>The schema of a value in a path, a query or a header.</summary>
    public static OpenApiSchema OfParameter(Type type) =>
        Simple(Nullable.GetUnderlyingType(type) ?? type) ?? new() { Type = JsonSchemaType.String };

    /// <summary>
    /// A valid value of <see cref="Of(Type, Use)"/>: the type's own example, or one built from its members.
    /// </summary>
    public JsonNode? ExampleOf(Type type, Use use)
    {
        type = Plain(type);
        if (documentation.ExampleOf(type) is { } given)
        {
            return JsonNode.Parse(given.GetRawText());
        }

        var contract = Contract.GetTypeInfo(type);
        switch (contract.Kind)
        {
            case JsonTypeInfoKind.Object when Simple(type) is null:
                var example = new JsonObject();
                foreach (var member in Members(contract))
                {
                    if (!IsOptional(member.PropertyType) || example.Count == 0)
                    {
                        example[member.Name] = ExampleOf(contract.Type, member, use);
                    }
                }

                return example;
            case JsonTypeInfoKind.Enumerable:
                return new JsonArray(ExampleOf(contract.ElementType!, use.Inside));
            case JsonTypeInfoKind.Dictionary:
                return new JsonObject();
            default:
                return Simple(type) switch
                {
                    { Format: "date-time" } => "2026-04-01T09:00:00Z",
                    { Format: "date" } => "2026-04-01",
                    { Type: JsonSchemaType.String } => "text",
                    { Type: JsonSchemaType.Boolean } => true,
                    { Type: JsonSchemaType.Integer or JsonSchemaType.Number } => 1,
                    { Type: JsonSchemaType.Object } => new JsonObject(),
                    _ => null,
                };
        }
    }

    private JsonNode? ExampleOf(Type owner, JsonPropertyInfo member, Use use)
    {
        var schema = OfMember(member, use, out _);
        if (schema is OpenApiSchema { Enum: { Count: > 0 } words })
        {
            var word = Glossary.ExampleOf(member.Name);
            return word is not null && words.Any(w => JsonNode.DeepEquals(w, word)) ? word : words[0].DeepClone();
        }

        var known = Glossary.ExampleOf(
            member.Name == "id" ? JsonNamingPolicy.SnakeCaseLower.ConvertName(NameOf(owner)) + "_id" : member.Name);
        if (known is not null && schema is OpenApiSchema { Type: { } type })
        {
            if (type.HasFlag(TypeOf(known)))
            {
                return known;
            }

            if (type.HasFlag(JsonSchemaType.Integer) && Code().Match(known.ToString()) is { Success: true } code)
            {
                return long.Parse(code.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            }
        }

        return schema is OpenApiSchema { Type: { } maybe } && maybe.HasFlag(JsonSchemaType.Null)
            ? null
            : ExampleOf(
                IsOptional(member.PropertyType) ? member.PropertyType.GetGenericArguments()[0] : member.PropertyType,
                use.Inside);
    }

    private static JsonSchemaType TypeOf(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.Number when node.ToJsonString().Contains('.', StringComparison.Ordinal) => JsonSchemaType.Number,
        JsonValueKind.Number => JsonSchemaType.Integer,
        JsonValueKind.True or JsonValueKind.False => JsonSchemaType.Boolean,
        JsonValueKind.Array => JsonSchemaType.Array,
        JsonValueKind.Object => JsonSchemaType.Object,
        _ => JsonSchemaType.String,
    };

    private IOpenApiSchema Of(Type type, NullabilityInfo? nullability, Use use)
    {
        var plain = Plain(type);
        if (Simple(plain) is { } simple)
        {
            return simple;
        }

        var contract = Contract.GetTypeInfo(plain);
        switch (contract.Kind)
        {
            case JsonTypeInfoKind.Enumerable:
                var item = nullability?.ElementType ?? nullability?.GenericTypeArguments.FirstOrDefault();
                var items = Of(contract.ElementType!, item, use.Inside);
                return new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = MayBeNull(contract.ElementType!, item) ? OrNull(items) : items,
                };
            case JsonTypeInfoKind.Dictionary:
                return new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    AdditionalProperties = Of(
                        contract.ElementType!, nullability?.GenericTypeArguments.LastOrDefault(), use.Inside),
                };
            case JsonTypeInfoKind.Object:
                return new OpenApiSchemaReference(Component(contract, use), document);
            default:
                return new OpenApiSchema();
        }
    }

    private string Component(JsonTypeInfo contract, Use use)
    {
        var key = (contract.Type, use.OfBody);
        if (_names.TryGetValue(key, out var known))
        {
            return known;
        }

        var name = NameOf(contract.Type);
        while (_names.ContainsValue(name))
        {
            name += use.OfBody ? "Input" : "Output";
        }

        _names[key] = name;
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = documentation.SummaryOf(contract.Type),
            Properties = new Dictionary<string, IOpenApiSchema>(),
            Required = new SortedSet<string>(StringComparer.Ordinal),
            AdditionalPropertiesAllowed = !use.OfBody
                || (contract.UnmappedMemberHandling ?? Contract.UnmappedMemberHandling)
                    == JsonUnmappedMemberHandling.Skip,
            AdditionalProperties = contract.Properties.Any(p => p.IsExtensionData) ? new OpenApiSchema() : null,
        };
        foreach (var member in Members(contract))
        {
            schema.Properties[member.Name] = OfMember(member, use, out var required);
            if (required)
            {
                schema.Required.Add(member.Name);
            }
        }

        document.AddComponent(name, schema);
        return name;
    }

    private IOpenApiSchema OfMember(JsonPropertyInfo member, Use use, out bool required)
    {
        var property = (PropertyInfo)member.AttributeProvider!;
        var nullability = Nullability.Create(property);
        var type = member.PropertyType;
        var optional = IsOptional(type);
        if (optional)
        {
            type = type.GetGenericArguments()[0];
            nullability = nullability.GenericTypeArguments[0];
        }

        var leftOut = property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition
            is JsonIgnoreCondition.WhenWritingNull;
        var demanded = use.OfBody && (member.IsRequired || use.Constraints.Requires(member.Name));
        required = use.OfBody ? demanded && !optional : !leftOut;

        var schema = Of(type, nullability, use);
        if (MayBeNull(type, nullability) && !IsArgument(property) && !demanded && !leftOut)
        {
            schema = OrNull(schema);
        }

        if (schema is OpenApiSchema own)
        {
            use.Constraints.Narrow(member.Name, own);
            if (property.GetCustomAttribute<OneOfAttribute>() is { } closed)
            {
                var words = (own.Type?.HasFlag(JsonSchemaType.Array) == true ? own.Items as OpenApiSchema : own)!;
                words.Enum = [.. closed.Words.Select(word => (JsonNode)word)];
                if (words.Type?.HasFlag(JsonSchemaType.Null) == true)
                {
                    words.Enum.Add(JsonNullSentinel.JsonNull);
                }
            }
        }

        schema.Description = documentation.Of(property) ?? Described(member.Name, use.Constraints.Message);
        return schema;
    }

    /// <summary>The description of a name from the message's parameter and the glossary.</summary>
    public string? Described(string name, Type? message)
    {
        var note = message is null ? null : documentation.Of(message, name.Replace("_", "", StringComparison.Ordinal));
        var meaning = Glossary.MeaningOf(name);
        return note?.StartsWith("Null", StringComparison.Ordinal) != true ? note ?? meaning
            : meaning?.Contains("null", StringComparison.Ordinal) == true ? meaning
            : $"{meaning} {note}".Trim();
    }

    private static IEnumerable<JsonPropertyInfo> Members(JsonTypeInfo contract) =>
        contract.Properties.Where(
            p => !p.IsExtensionData && (p.Get is not null || p.Set is not null) && p.AttributeProvider is PropertyInfo);

    private static OpenApiSchema? Simple(Type type) => type switch
    {
        _ when type == typeof(string) => new() { Type = JsonSchemaType.String },
        _ when type == typeof(bool) => new() { Type = JsonSchemaType.Boolean },
        _ when type == typeof(int) => new() { Type = JsonSchemaType.Integer, Format = "int32" },
        _ when type == typeof(long) => new() { Type = JsonSchemaType.Integer, Format = "int64" },
        _ when type == typeof(decimal) || type == typeof(double) => new() { Type = JsonSchemaType.Number },
        _ when type == typeof(DateTimeOffset) => new() { Type = JsonSchemaType.String, Format = "date-time" },
        _ when type == typeof(DateOnly) => new() { Type = JsonSchemaType.String, Format = "date" },
        _ when type == typeof(RawJson) || type == typeof(JsonObject) =>
            new() { Type = JsonSchemaType.Object, AdditionalProperties = new OpenApiSchema() },
        _ when type == typeof(JsonNode) || type == typeof(JsonElement) || type == typeof(object) => new(),
        _ => null,
    };

    private static OpenApiSchema OrNull(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchema own)
        {
            own.Type |= JsonSchemaType.Null;
            return own;
        }

        return new OpenApiSchema { OneOf = [schema, new OpenApiSchema { Type = JsonSchemaType.Null }] };
    }

    // The type that is serialized: the value of a nullable, the item of a batch.
    private static Type Plain(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(BatchItem<>) ? type.GetGenericArguments()[0]
            : Nullable.GetUnderlyingType(type) ?? type;

    private static bool MayBeNull(Type type, NullabilityInfo? nullability) =>
        Nullable.GetUnderlyingType(type) is not null
            || nullability is { Type.IsValueType: false, ReadState: NullabilityState.Nullable };

    // A code; the group is its number.
    [GeneratedRegex(@"^[A-Z]+-\d\d-(\d+)$")]
    private static partial Regex Code();

    // The T of an envelope, which reflection reports as nullable.
    private static bool IsArgument(PropertyInfo property) =>
        property.DeclaringType is { IsGenericType: true } generic
        && generic.GetGenericTypeDefinition().GetProperty(property.Name)!.PropertyType.IsGenericParameter;

    private static bool IsOptional(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>);

    // WorkspaceObject → Workspace, CreateWorkspace.Body → CreateWorkspaceBody, Data<WorkspaceObject> → WorkspaceData.
    private static string NameOf(Type type)
    {
        if (type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)))
        {
            return (type.GetElementType()
                ?? type.GetGenericArguments().FirstOrDefault()) is { } item ? NameOf(item) + "List" : "List";
        }

        var own = type.IsGenericType ? type.Name[..type.Name.IndexOf('`')] : type.Name;
        own = own.EndsWith("Object", StringComparison.Ordinal) ? own[..^"Object".Length] : own;
        var arguments = string.Concat(type.GetGenericArguments().Select(NameOf));
        return (type.DeclaringType is { } outer ? NameOf(outer) : "") + arguments + own;
    }
}
