using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkspaceService.Infrastructure.Json;

/// <summary>
/// A member of a merge patch (RFC 7396): absent, or given with a value that may be null.
/// <c>default</c> is absent.
/// </summary>
[JsonConverter(typeof(OptionalConverterFactory))]
public readonly record struct Optional<T>(T Value)
{
    public bool IsGiven { get; } = true;

    /// <summary>The given value, or <paramref name="current"/>.</summary>
    public T Or(T current) => IsGiven ? Value : current;

    public static implicit operator Optional<T>(T value) => new(value);
}

/// <summary>Reads a present member into a given <see cref="Optional{T}"/>; a missing one stays absent.</summary>
public sealed class OptionalConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Optional<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(
            typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<Optional<T>>
    {
        public override bool HandleNull => true;

        // Not a nested Deserialize, which would lose the path of an error.
        public override Optional<T> Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null
                ? default(T) is null ? new(default!) : throw new JsonException("Must not be null.")
                : new(((JsonConverter<T>)options.GetConverter(typeof(T))).Read(ref reader, typeof(T), options)!);

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, options);
    }
}
