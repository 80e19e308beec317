using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkspaceService.Infrastructure.Json;

/// <summary>
/// Reads integers as <see cref="IntegerConverter"/> does, and from a text of ASCII digits too, as clients write them
/// that have been made for forms.
/// </summary>
public sealed class IntegerOrDigitsConverter : JsonConverter<long>
{
    private static readonly IntegerConverter Integers = new();

    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType != JsonTokenType.String ? Integers.Read(ref reader, typeToConvert, options)
        : long.TryParse(reader.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var integer) ? integer
        : throw new JsonException("Must be a whole number.");

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) =>
        Integers.Write(writer, value, options);
}
