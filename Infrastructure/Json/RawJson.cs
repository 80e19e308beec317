using System.Data;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Dapper;

namespace WorkspaceService.Infrastructure.Json;

/// <summary>A JSON value that is stored and written as text, without parsing.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct RawJson(string Text)
{
    // As deep as older versions of the service let values be, and a few levels around them.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    public JsonObject ToObject() => (JsonObject)JsonNode.Parse(Text, documentOptions: Deep)!;

    public static RawJson Of(JsonNode node) => new(node.ToJsonString(JsonConventions.Lenient));

    private sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            return new(document.RootElement.GetRawText());
        }

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Text, skipInputValidation: true);
    }

    /// <summary>Lets Dapper fill it from a TEXT column.</summary>
    public sealed class TypeHandler : SqlMapper.TypeHandler<RawJson>
    {
        public override void SetValue(IDbDataParameter parameter, RawJson value) =>
            (parameter.DbType, parameter.Value) = (DbType.String, value.Text);

        public override RawJson Parse(object value) => new((string)value);
    }
}
