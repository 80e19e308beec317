using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serilog.Events;
using Serilog.Formatting.Display;
using Serilog.Parsing;

namespace WorkspaceService.Infrastructure.Hosting.Logging;

/// <summary>
/// Writes a log event as one line of JSON: time, level, message, the event's properties by name, and the exception if
/// there is one. Not thread-safe.
/// </summary>
internal sealed class LogLine(IBufferWriter<byte> output) : IDisposable
{
    private static readonly MessageTemplate DroppedTemplate =
        new MessageTemplateParser().Parse("{Lines} log lines were left out: nobody read them as fast as they came.");

    private static readonly MessageTemplateTextFormatter Message = new("{Message:lj}", CultureInfo.InvariantCulture);

    private static readonly ConcurrentDictionary<string, JsonEncodedText> Names = new(StringComparer.Ordinal);

    // Relaxed escaping is safe: lines are never part of an HTML page.
    private readonly Utf8JsonWriter _json =
        new(output, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    private readonly StringWriter _message = new(CultureInfo.InvariantCulture);

    public static LogEvent Dropped(long lines) => new(
        DateTimeOffset.UtcNow,
        LogEventLevel.Warning,
        exception: null,
        DroppedTemplate,
        [new LogEventProperty("Lines", new ScalarValue(lines))]);

    public void Write(LogEvent line)
    {
        _message.GetStringBuilder().Clear();
        Message.Format(line, _message);

        _json.WriteStartObject();
        _json.WriteString("time"u8, line.Timestamp.UtcDateTime);
        _json.WriteString("level"u8, line.Level.ToString());
        _json.WriteString("message"u8, _message.ToString());
        foreach (var (name, value) in line.Properties)
        {
            if (name != "EventId") // redundant: source and message identify the event
            {
                _json.WritePropertyName(Names.GetOrAdd(name, JsonName));
                Write(value);
            }
        }

        if (line.Exception is { } exception)
        {
            _json.WriteString("exception"u8, exception.ToString());
        }

        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        output.Write("\n"u8);
    }

    public void Dispose()
    {
        _json.Dispose();
        _message.Dispose();
    }

    private static JsonEncodedText JsonName(string name) =>
        JsonEncodedText.Encode(name == "SourceContext" ? "source" : JsonNamingPolicy.SnakeCaseLower.ConvertName(name));

    private void Write(LogEventPropertyValue value)
    {
        switch ((value as ScalarValue)?.Value)
        {
            case null when value is ScalarValue:
                _json.WriteNullValue();
                break;
            case string text:
                _json.WriteStringValue(text);
                break;
            case int number:
                _json.WriteNumberValue(number);
                break;
            case long number:
                _json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                _json.WriteNumberValue(number);
                break;
            case bool truth:
                _json.WriteBooleanValue(truth);
                break;
            default:
                _json.WriteStringValue(value.ToString("l", CultureInfo.InvariantCulture));
                break;
        }
    }
}
