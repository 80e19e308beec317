using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// Exact amounts: stored as whole millionths of the currency's unit, shown with at least two decimals.
/// </summary>
public static class Money
{
    public static decimal FromMicros(long micros) => FromMicros(0, micros);

    /// <summary>
    /// The amount of a sum in two parts, whole units and millionths, since its millionths alone may exceed 64 bits.
    /// </summary>
    public static decimal FromMicros(long whole, long micros) => whole + (micros / 1_000_000m) + 0.00m;

    public static long ToMicros(decimal amount) => decimal.ToInt64(amount * 1_000_000m);
}

/// <summary>
/// Reads amounts and quantities exactly: at most 18 digits before the decimal point and 6 after it. Other numbers are
/// errors; nothing is rounded.
/// </summary>
public sealed class ExactNumberConverter : JsonConverter<decimal>
{
    private const decimal Limit = 1_000_000_000_000_000_000m;

    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType != JsonTokenType.Number
            ? throw new JsonException("Must be a number.")
            : Parse(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan)
                ?? throw new JsonException("Must be a number with at most 18 digits before the point and 6 behind it.");

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value);

    // The text is a valid JSON number. Not decimal.Parse, which rounds excess digits.
    private static decimal? Parse(ReadOnlySpan<byte> text)
    {
        var power = 0;
        if (text.IndexOfAny((byte)'e', (byte)'E') is >= 0 and var e)
        {
            if (text.Length - e > 5 || !int.TryParse(text[(e + 1)..], CultureInfo.InvariantCulture, out power))
            {
                return null;
            }

            text = text[..e];
        }

        decimal digits = 0;
        var behindPoint = false;
        foreach (var character in text.TrimStart((byte)'-'))
        {
            if (character == (byte)'.')
            {
                behindPoint = true;
                continue;
            }

            digits = (digits * 10) + (character - (byte)'0');
            power -= behindPoint ? 1 : 0;
            if (digits > Limit * 100_000_000)
            {
                return null;
            }
        }

        return Scale(digits, power) is not { } value ? null : text[0] == (byte)'-' ? -value : value;
    }

    private static decimal? Scale(decimal digits, int power)
    {
        if (digits == 0)
        {
            return 0;
        }

        for (; power < 0 && digits % 10 == 0; power++)
        {
            digits /= 10;
        }

        if (power < -6)
        {
            return null;
        }

        for (; power > 0 && digits < Limit; power--)
        {
            digits *= 10;
        }

        for (; power < 0; power++)
        {
            digits /= 10;
        }

        return digits < Limit ? digits : null;
    }
}
