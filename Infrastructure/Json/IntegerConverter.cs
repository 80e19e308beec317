using System.Buffers;
using System.Globalization;
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
        : Parse(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan)
            ?? throw new JsonException("Must be a whole number of at most 64 bits.");

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value);

    // The text is a valid JSON number. Not decimal.Parse, which rounds the 29th digit away, and a fraction with it.
    private static long? Parse(ReadOnlySpan<byte> text)
    {
        var exponent = text.IndexOfAny((byte)'e', (byte)'E');
        var power = 0;
        if (exponent >= 0 && !int.TryParse(text[(exponent + 1)..], CultureInfo.InvariantCulture, out power))
        {
            return null;
        }

        var number = exponent >= 0 ? text[..exponent] : text;
        var point = number.IndexOf((byte)'.');
        var fraction = point >= 0 ? number[(point + 1)..] : [];
        ReadOnlySpan<byte> digits = [.. point >= 0 ? number[..point] : number, .. fraction];
        var significant = digits.TrimEnd((byte)'0');
        var length = significant.TrimStart("-0"u8).Length;
        if (length == 0)
        {
            return 0;
        }

        // At most 19 digits and 18 zeros, which 128 bits hold.
        var zeros = (long)power - fraction.Length + digits.Length - significant.Length;
        if (zeros is < 0 or > 18 || length > 19)
        {
            return null;
        }

        var value = Int128.Parse(significant, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        for (; zeros > 0; zeros--)
        {
            value *= 10;
        }

        return value >= long.MinValue && value <= long.MaxValue ? (long)value : null;
    }
}
