using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Json;

/// <summary>
/// The JSON conventions of every surface: snake_case names, UTC times in seconds with <c>Z</c> (RFC 3339), numbers as
/// numbers; duplicate members, NUL and lone surrogates are errors. Unknown members are errors on the native surface
/// (<see cref="Strict"/>) and ignored on the others (<see cref="Lenient"/>).
/// </summary>
public static partial class JsonConventions
{
    /// <summary>The deepest nesting that a request may have, its body being the first level.</summary>
    public const int RequestDepth = 32;

    // What is stored and answered has a request's values with a few levels around them; older values may be deeper.
    private const int StoredDepth = 256;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static readonly JsonSerializerOptions Strict =
        Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static readonly JsonSerializerOptions Lenient =
        new(Strict) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.PropertyNameCaseInsensitive = false;
        options.MaxDepth = StoredDepth;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        // Safe: responses are application/json, never HTML.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new TimeConverter());
        options.Converters.Add(new TextConverter());
        options.Converters.Add(new ObjectConverter());
        options.Converters.Add(new ExactNumberConverter());
        options.Converters.Add(new IntegerConverter());
        return options;
    }

    /// <summary>
    /// True where both databases can store <paramref name="text"/>: no NUL, no lone surrogate.
    /// </summary>
    public static bool IsText(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || char.IsLowSurrogate(text[i]))
            {
                return false;
            }

            if (char.IsHighSurrogate(text[i]) && (++i == text.Length || !char.IsLowSurrogate(text[i])))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Reads an RFC 3339 time, with <c>Z</c> or an offset and any number of fraction digits, of which milliseconds are
    /// kept.
    /// </summary>
    public static bool TryTime(string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is null || Time().Match(text) is not { Success: true } match
            || !DateTime.TryParseExact(
                $"{match.Groups["date"].Value} {match.Groups["time"].Value}."
                + match.Groups["fraction"].Value.PadRight(3, '0')[..3],
                "yyyy-MM-dd HH:mm:ss.fff",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var local))
        {
            return false;
        }

        // Not by DateTimeOffset, which knows no offset beyond 14 hours.
        var offset = match.Groups["offset"] is { Success: true } given
            ? TimeSpan.ParseExact(given.ValueSpan, @"hh\:mm", CultureInfo.InvariantCulture).Ticks
            : 0;
        var utc = local.Ticks - (match.Groups["sign"].ValueSpan is "-" ? -offset : offset);
        if (utc < DateTime.MinValue.Ticks || utc > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        time = new DateTimeOffset(utc, TimeSpan.Zero);
        return true;
    }

    /// <summary>A time as it is shown.</summary>
    public static string TimeText(DateTimeOffset time) =>
        time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        """^(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt](?<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.(?<fraction>[0-9]+))?"""
        + """(?:[Zz]|(?<sign>[+-])(?<offset>(?:[01][0-9]|2[0-3]):[0-5][0-9]))\z""")]
    private static partial Regex Time();

    private static string TextOf(ref Utf8JsonReader reader)
    {
        string text;
        try
        {
            text = reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("Must be well-formed text: no half of a surrogate pair.");
        }

        return IsText(text)
            ? text
            : throw new JsonException("Must be text without NUL and without half of a surrogate pair.");
    }

    private sealed class TimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && TryTime(TextOf(ref reader), out var time)
                ? time
                : throw new JsonException("Must be a time such as 2026-04-01T09:00:00Z.");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            Span<char> text = stackalloc char[20];
            value.UtcDateTime.TryFormat(text, out var length, TimeFormat, CultureInfo.InvariantCulture);
            writer.WriteStringValue(text[..length]);
        }
    }

    private sealed class TextConverter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String
                ? TextOf(ref reader)
                : throw new JsonException("Must be a string.");

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WritePropertyName(value);

        public override string ReadAsPropertyName(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TextOf(ref reader);
    }

    // Free-form objects (settings, config): must be an object; all its strings are checked at every depth.
    private sealed class ObjectConverter : JsonConverter<JsonObject>
    {
        private static readonly JsonSerializerOptions Plain = new(JsonSerializerDefaults.General)
        {
            AllowDuplicateProperties = false,
        };

        // JsonObject's own converter throws no JsonException for duplicate members.
        private static readonly JsonConverter<JsonElement> BuiltIn =
            (JsonConverter<JsonElement>)Plain.GetConverter(typeof(JsonElement));

        public override JsonObject Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("Must be an object.");
            }

            var ahead = reader;
            while (ahead.Read() && ahead.CurrentDepth > reader.CurrentDepth)
            {
                if (ahead.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                {
                    TextOf(ref ahead);
                }
            }

            return JsonObject.Create(BuiltIn.Read(ref reader, typeof(JsonElement), Plain))!;
        }

        public override void Write(Utf8JsonWriter writer, JsonObject value, JsonSerializerOptions options) =>
            value.WriteTo(writer, options);
    }
}
