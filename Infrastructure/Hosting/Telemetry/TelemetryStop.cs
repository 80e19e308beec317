using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace WorkspaceService.Infrastructure.Hosting.Telemetry;

/// <summary>
/// Sends what is left when the service stops, all signals at once and in bounded time: one after the other, each would
/// wait five seconds for a receiver that does not answer. Registered before the server, it stops after it.
/// </summary>
internal sealed class TelemetryStop(TracerProvider traces, MeterProvider metrics, LoggerProvider logs) : IHostedService
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LimitWhenLate = TimeSpan.FromSeconds(1);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        var limit = (int)(cancellationToken.IsCancellationRequested ? LimitWhenLate : Limit).TotalMilliseconds;
        return Task.WhenAny(
            Task.WhenAll(
                OnItsOwn(() => traces.Shutdown(limit)),
                OnItsOwn(() => metrics.Shutdown(limit)),
                OnItsOwn(() => logs.Shutdown(limit))),
            Task.Delay(limit, CancellationToken.None));
    }

    // They block.
    private static Task<bool> OnItsOwn(Func<bool> shutDown) =>
        Task.Factory.StartNew(shutDown, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
