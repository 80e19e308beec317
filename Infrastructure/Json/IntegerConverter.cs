using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkspaceService.Infrastructure.Json;

/// <summary>
/// Reads integers, however they are written: <c>50</c>, <c>50.0</c>, <c>5e1</c>; a fraction is refused.
/// </summary>
public sealed class IntegerConverter : JsonConverter<long>
{
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType != JsonTokenType.Number ? throw new JsonException("Must be a whole number.")
        : reader.TryGetInt64(out var integer) ? integer
        : reader.TryGetDecimal(out var number) && decimal.Truncate(number) == number
            && number is >= long.MinValue and <= long.MaxValue ? (long)number
        : throw new JsonException("Must be a whole number of at most 64 bits.");

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value);
}
