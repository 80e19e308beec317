using System.Globalization;
using System.Text.Json;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace WorkspaceService.Infrastructure.Hosting.Telemetry;

/// <summary>
/// Hands the events of the log to OpenTelemetry: those that the console shows, with the same members, and the trace in
/// which they were logged. It has a logger factory of its own, for the service's would log past Serilog's levels.
/// </summary>
internal sealed class LogExport : ILogEventSink, IDisposable
{
    private static readonly TimeSpan DisposalLimit = TimeSpan.FromSeconds(1);

    private static readonly MessageTemplateTextFormatter Message = new("{Message:lj}", CultureInfo.InvariantCulture);

    private readonly ServiceProvider _services;
    private readonly ILoggerFactory _loggers;

    public LogExport(IConfiguration configuration, Action<ResourceBuilder> resource)
    {
        var services = new ServiceCollection().AddSingleton(configuration);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace));
        services.AddOpenTelemetry().ConfigureResource(resource).WithLogging(
            logs => logs.AddOtlpExporter(), options => options.IncludeFormattedMessage = true);
        _services = services.BuildServiceProvider();
        Provider = _services.GetRequiredService<LoggerProvider>();
        _loggers = _services.GetRequiredService<ILoggerFactory>();
    }

    public LoggerProvider Provider { get; }

    public void Emit(LogEvent logEvent)
    {
        var source = (logEvent.Properties.GetValueOrDefault("SourceContext") as ScalarValue)?.Value as string;
        var attributes = logEvent.Properties
            .Where(property => property.Key is not ("SourceContext" or "EventId"))
            .Select(property => KeyValuePair.Create(
                JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Key), ValueOf(property.Value)))
            .ToList();
        _loggers.CreateLogger(source ?? "WorkspaceService").Log(
            Level(logEvent.Level), default, attributes, logEvent.Exception, (_, _) => Render(logEvent));
    }

    // The exporter may be waiting for a receiver that does not answer.
    public void Dispose() => Task.WaitAny([Task.Run(_services.Dispose)], DisposalLimit);

    private static object? ValueOf(LogEventPropertyValue value) =>
        value is ScalarValue scalar ? scalar.Value : value.ToString(null, CultureInfo.InvariantCulture);

    private static string Render(LogEvent logEvent)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Message.Format(logEvent, text);
        return text.ToString();
    }

    private static LogLevel Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose => LogLevel.Trace,
        LogEventLevel.Debug => LogLevel.Debug,
        LogEventLevel.Information => LogLevel.Information,
        LogEventLevel.Warning => LogLevel.Warning,
        LogEventLevel.Error => LogLevel.Error,
        _ => LogLevel.Critical,
    };
}
