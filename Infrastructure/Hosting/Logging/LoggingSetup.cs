using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Extensions.Hosting;
using Serilog.Extensions.Logging;
using WorkspaceService.Infrastructure.Hosting.Telemetry;

namespace WorkspaceService.Infrastructure.Hosting.Logging;

/// <summary>
/// Configures Serilog: levels from the configuration's section <c>Serilog</c>, JSON lines on standard output, written
/// by a background thread from a bounded queue. A console that nobody reads blocks no request: lines are dropped then.
/// Where telemetry is configured the same events go there too.
/// </summary>
internal static class LoggingSetup
{
    private const int QueueCapacity = 16_384;

    private static readonly Lock SelfLogLock = new();

    /// <exception cref="StartupException">Serilog cannot be configured.</exception>
    public static void AddLogging(this WebApplicationBuilder builder, Settings settings)
    {
        var logger = CreateLogger(builder.Configuration, settings.Otlp is null ? null : builder.AddLogExport());
        builder.Services.AddSingleton<Serilog.ILogger>(logger).AddSingleton<DiagnosticContext>();
        builder.Logging.ClearProviders().AddSerilog(logger, dispose: true);
        // The framework's own events contain whole addresses, with tokens and queries in them.
        builder.Logging.AddFilter<SerilogLoggerProvider>("Microsoft.AspNetCore", LogLevel.Warning);
        // It warns that the keys that seal cookies are stored unencrypted, which is meant: see ConsoleSession.
        builder.Logging.AddFilter<SerilogLoggerProvider>("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        // Request logging and error handling log the same. Without this category no activity is started per request.
        builder.Logging.AddFilter<SerilogLoggerProvider>("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }

    /// <summary>Writes JSON lines to a stream from a background thread; drops lines while the queue is full.</summary>
    public static LoggerConfiguration JsonLines(this LoggerSinkConfiguration writeTo, Stream output)
    {
        var lines = new JsonLinesSink(output);
        var background = LoggerSinkConfiguration.CreateSink(to =>
            to.Async(inner => inner.Sink(lines), QueueCapacity, blockWhenFull: false, monitor: lines));
        return writeTo.Sink(new BoundedDisposalSink(background));
    }

    private static Logger CreateLogger(IConfiguration configuration, ILogEventSink? export)
    {
        // Serilog reports some configuration errors to SelfLog only, as "time message", and ignores the setting.
        // SelfLog is the process's: what another service in it (in tests) reports comes from another thread.
        var errors = new List<string>();
        var thread = Environment.CurrentManagedThreadId;
        using var alone = SelfLogLock.EnterScope();
        SelfLog.Enable(message =>
        {
            if (Environment.CurrentManagedThreadId == thread)
            {
                errors.Add(message);
            }
        });
        try
        {
            var configured = new LoggerConfiguration().ReadFrom.Configuration(configuration);
            if (errors.Count > 0)
            {
                throw CannotConfigure(errors[0][(errors[0].IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            }

            configured.Filter.ByExcluding(IsStartFailure).WriteTo.JsonLines(Console.OpenStandardOutput());
            if (export is not null)
            {
                configured.WriteTo.Sink(export);
            }

            return configured.CreateLogger();
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException or IOException)
        {
            throw CannotConfigure(e.Message);
        }
        finally
        {
            SelfLog.Disable();
        }
    }

    // Program reports a failed start in one line on standard error; the host would add a page to it, and one for each
    // background service that was cancelled before it had begun.
    private static bool IsStartFailure(LogEvent logEvent) =>
        logEvent.MessageTemplate.Text == "Hosting failed to start"
        || (logEvent.MessageTemplate.Text == "BackgroundService failed"
            && logEvent.Exception is OperationCanceledException);

    private static StartupException CannotConfigure(string reason) =>
        new($"Serilog cannot be configured: {reason}");
}
