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
/// The schemas of one document, and an example of each. They are written from the contract that the serializer works
/// by, so names, ignored members and free-form objects are those of the wire. The package's own schemas are not used:
/// to it every type with a converter is "anything", and here text, times, decimals, free-form objects and
/// <see cref="Optional{T}"/> have one; nor does it know validators, the glossary, or that an answer has all members.
/// </summary>
internal sealed partial class Schemas(OpenApiDocument document, Documentation documentation)
{
    private static readonly JsonSerializerOptions Contract = new(JsonConventions.Strict)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    // Not shared: it is not safe for the documents of two services at a time.
    private readonly NullabilityInfoContext _nullability = new();

    private readonly Dictionary<(Type Type, bool OfBody), (string Name, JsonNode Example)> _components = [];

    /// <summary>
    /// The use of a schema: in a response every member is required, in a body those that the validator requires.
    /// </summary>
    internal sealed record Use(bool OfBody, Constraints Constraints)
    {
        public static readonly Use Answer = new(false, Constraints.None);

        public Bounds Bounds => OfBody ? Bounds.OfBody : Bounds.OfAnswer;

        /// <summary>
        /// For nested types: validator rules apply to the message's own members only.
        /// </summary>
        public Use Inside => this with { Constraints = Constraints.None };
    }

    /// <summary>The schema of <paramref name="type"/>, and a value that it allows.</summary>
    public (IOpenApiSchema Schema, JsonNode? Example) Of(Type type, Use use) => Of(type, null, use);

    /// <summary>The schema of a value in a path, a query or a header.</summary>
    public static OpenApiSchema OfParameter(Type type) =>
        Simple(Nullable.GetUnderlyingType(type) ?? type)?.Schema ?? new() { Type = JsonSchemaType.String };

    private (IOpenApiSchema Schema, JsonNode? Example) Of(Type type, NullabilityInfo? nullability, Use use)
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
                var (items, one) = Of(contract.ElementType!, item, use.Inside);
                return (
                    new OpenApiSchema
                    {
                        Type = JsonSchemaType.Array,
                        Items = MayBeNull(contract.ElementType!, item) ? OrNull(items) : items,
                    },
                    new JsonArray(one));
            case JsonTypeInfoKind.Dictionary:
                var value = nullability?.GenericTypeArguments.LastOrDefault();
                return (
                    new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        AdditionalProperties = Of(contract.ElementType!, value, use.Inside).Schema,
                    },
                    new JsonObject());
            case JsonTypeInfoKind.Object:
                var (name, example) = Component(contract, use);
                return (new OpenApiSchemaReference(name, document), example.DeepClone());
            default:
                return (new OpenApiSchema(), null);
        }
    }

    private (string Name, JsonNode Example) Component(JsonTypeInfo contract, Use use)
    {
        var key = (contract.Type, use.OfBody);
        if (_components.TryGetValue(key, out var known))
        {
            return known;
        }

        var name = NameOf(contract.Type);
        while (document.Components?.Schemas?.ContainsKey(name) == true)
        {
            name += use.OfBody ? "Input" : "Output";
        }

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
        document.AddComponent(name, schema);
        var example = new JsonObject();
        _components[key] = (name, documentation.ExampleOf(contract.Type) ?? example);
        foreach (var member in Members(contract))
        {
            var (value, required, one) = OfMember(contract.Type, member, use);
            schema.Properties[member.Name] = value;
            if (required)
            {
                schema.Required.Add(member.Name);
            }

            // One member is enough for a merge patch.
            if (!IsOptional(member.PropertyType) || example.Count == 0)
            {
                example[member.Name] = one;
            }
        }

        return _components[key];
    }

    private (IOpenApiSchema Schema, bool Required, JsonNode? Example) OfMember(
        Type owner, JsonPropertyInfo member, Use use)
    {
        var property = (PropertyInfo)member.AttributeProvider!;
        var nullability = _nullability.Create(property);
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

        var (schema, example) = Of(type, IsOfArgument(property) ? null : nullability, use);
        if (MayBeNull(type, nullability) && !IsOfArgument(property) && !demanded && !leftOut)
        {
            schema = OrNull(schema);
        }

        if (schema is OpenApiSchema own)
        {
            use.Constraints.Narrow(member.Name, own);
            if (property.GetCustomAttribute<OneOfAttribute>() is { } closed)
            {
                Constraints.Close(own.Items as OpenApiSchema ?? own, closed.Words);
            }

            use.Bounds.Close(member.Name, own);
            example = ExampleOf(owner, member.Name, own, example);
        }

        schema.Description = documentation.Of(property) ?? Described(member.Name, use.Constraints.Message);
        return (schema, use.OfBody ? demanded && !optional : !leftOut, example);
    }

    // The glossary's example where the schema allows it; otherwise null where that is allowed.
    private static JsonNode? ExampleOf(Type owner, string name, OpenApiSchema schema, JsonNode? otherwise)
    {
        if (schema.Enum is { Count: > 0 } words)
        {
            var word = Glossary.ExampleOf(name);
            return word is not null && words.Any(w => JsonNode.DeepEquals(w, word)) ? word : words[0].DeepClone();
        }

        if (schema.Type is not { } type)
        {
            return otherwise;
        }

        var known = Glossary.ExampleOf(
            name == "id" ? JsonNamingPolicy.SnakeCaseLower.ConvertName(NameOf(owner)) + "_id" : name);
        if (known is not null && type.HasFlag(TypeOf(known)))
        {
            return known;
        }

        return type.HasFlag(JsonSchemaType.Integer) && Code().Match($"{known}") is { Success: true } code
            ? long.Parse(code.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : type.HasFlag(JsonSchemaType.Null) ? null : otherwise;
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

    /// <summary>What a name means, and what the message that the value goes into says of it.</summary>
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

    private static (OpenApiSchema Schema, JsonNode? Example)? Simple(Type type) => type switch
    {
        _ when type == typeof(string) => (new() { Type = JsonSchemaType.String }, "text"),
        _ when type == typeof(bool) => (new() { Type = JsonSchemaType.Boolean }, true),
        _ when type == typeof(int) => (new() { Type = JsonSchemaType.Integer, Format = "int32" }, 1),
        _ when type == typeof(long) => (new() { Type = JsonSchemaType.Integer, Format = "int64" }, 1),
        _ when type == typeof(decimal) || type == typeof(double) => (new() { Type = JsonSchemaType.Number }, 1),
        _ when type == typeof(DateTimeOffset) =>
            (new() { Type = JsonSchemaType.String, Format = "date-time" }, "2026-04-01T09:00:00Z"),
        _ when type == typeof(DateOnly) => (new() { Type = JsonSchemaType.String, Format = "date" }, "2026-04-01"),
        _ when type == typeof(RawJson) || type == typeof(JsonObject) =>
            (new() { Type = JsonSchemaType.Object, AdditionalProperties = new OpenApiSchema() }, new JsonObject()),
        _ when type == typeof(JsonNode) || type == typeof(JsonElement) || type == typeof(object) => (new(), null),
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

    // The T of an envelope, or a list of them, which reflection reports as nullable.
    private static bool IsOfArgument(PropertyInfo property) =>
        property.DeclaringType is { IsGenericType: true } generic
        && generic.GetGenericTypeDefinition().GetProperty(property.Name)!.PropertyType.ContainsGenericParameters;

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
