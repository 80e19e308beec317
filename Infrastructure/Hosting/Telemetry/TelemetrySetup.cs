using MediatR;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Serilog.Core;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Telemetry;

namespace WorkspaceService.Infrastructure.Hosting.Telemetry;

/// <summary>
/// Sends traces, metrics and logs over OTLP with the OpenTelemetry SDK, where an address is configured. Otherwise
/// nothing of it is registered or loaded. The variables of the SDK (<c>OTEL_…</c>) work.
/// </summary>
internal static class TelemetrySetup
{
    private const string ServiceName = "workspace-service";

    /// <summary>To be called before the other behaviors of the pipeline are registered: it comes first.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, Settings settings)
    {
        if (settings.Otlp is { } address)
        {
            // Where the SDK looks for it.
            builder.Configuration[TelemetryAddress.Variable] = address.OriginalString;
            AddProviders(builder.Services);
        }
    }

    /// <summary>The sink that takes log events to the exporter.</summary>
    public static ILogEventSink AddLogExport(this WebApplicationBuilder builder)
    {
        try
        {
            var export = new LogExport(builder.Configuration, DescribeService);
            builder.Services.AddSingleton(export.Provider);
            return export;
        }
        catch (Exception exception) when (IsConfiguration(exception))
        {
            throw CannotConfigure(exception);
        }
    }

    /// <summary>Makes the exporters, so that a wrong setting of theirs stops the start.</summary>
    public static void StartTelemetry(this WebApplication app)
    {
        try
        {
            if (app.Services.GetRequiredService<Settings>().Otlp is not null)
            {
                MakeProviders(app.Services);
            }
        }
        catch (Exception exception) when (IsConfiguration(exception))
        {
            throw CannotConfigure(exception);
        }
    }

    private static void AddProviders(IServiceCollection services)
    {
        services.AddOpenTelemetry()
            .ConfigureResource(DescribeService)
            .WithTracing(traces => traces
                .AddSource(Instruments.Name)
                .AddAspNetCoreInstrumentation(requests =>
                {
                    requests.Filter = http => http.Request.Path.Value is not ("/livez" or "/readyz");
                    requests.EnrichWithHttpRequest = (span, request) => span
                        .SetTag("url.path", RequestLogging.MaskSecrets(request.PathBase + request.Path))
                        .SetTag("url.query", null);
                })
                .AddOtlpExporter())
            .WithMetrics(metrics => metrics
                .AddMeter(Instruments.Name, "Npgsql", "System.Runtime")
                .AddAspNetCoreInstrumentation()
                .AddOtlpExporter());
        services.AddSingleton(typeof(IPipelineBehavior<,>), typeof(TelemetryBehavior<,>));
        services.AddHostedService<TelemetryStop>();
    }

    private static void MakeProviders(IServiceProvider services)
    {
        services.GetRequiredService<TracerProvider>();
        services.GetRequiredService<MeterProvider>();
        StatementNames.Load();
    }

    // The environment is read last, so that it wins.
    private static void DescribeService(ResourceBuilder resource) => resource.Clear()
        .AddService(ServiceName, serviceVersion: Spans.Version)
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();

    private static bool IsConfiguration(Exception exception) =>
        exception is ArgumentException or InvalidOperationException or FormatException or IOException;

    private static StartupException CannotConfigure(Exception exception) =>
        new($"telemetry cannot be configured: {exception.Message}");
}
