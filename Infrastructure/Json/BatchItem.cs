using System.Text.Json;
using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Json;

/// <summary>
/// An item of a batch that is read separately: its value, or its error. An unreadable item does not fail the others.
/// </summary>
[JsonConverter(typeof(BatchItemConverterFactory))]
public sealed record BatchItem<T>(T? Value) where T : class
{
    /// <summary>The error of an unreadable item.</summary>
    public FieldError? Error { get; init; }

    /// <summary>The <c>id</c> of an unreadable item, if it can be read.</summary>
    public string? Id { get; init; }

    public static implicit operator BatchItem<T>(T value) => new(value);
}

/// <summary>Reads the items of a batch; a body that is not JSON fails as a whole.</summary>
public sealed class BatchItemConverterFactory : JsonConverterFactory
{
    private static readonly FieldError NoObject = new("", "wrong_type", "Must be an object.");

    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(BatchItem<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(
            typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<BatchItem<T>> where T : class
    {
        public override bool HandleNull => true;

        public override BatchItem<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var item = reader;
            reader.TrySkip();
            if (item.TokenType != JsonTokenType.StartObject)
            {
                return new(null) { Error = NoObject };
            }

            try
            {
                var attempt = item;
                return new(JsonSerializer.Deserialize<T>(ref attempt, options));
            }
            catch (JsonException wrong)
            {
                return new(null) { Error = JsonErrors.Of(wrong) ?? NoObject, Id = IdOf(ref item, options) };
            }
        }

        public override void Write(Utf8JsonWriter writer, BatchItem<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, options);

        private static string? IdOf(ref Utf8JsonReader item, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref item);
            try
            {
                return document.RootElement.TryGetProperty("id", out var id) ? id.Deserialize<string>(options) : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}
