using Serilog.Core;
using Serilog.Events;

namespace WorkspaceService.Infrastructure.Hosting.Logging;

/// <summary>
/// Disposes the sink that it wraps in at most two seconds. Serilog.Sinks.Async waits without limit until its queue is
/// written, which never happens if the console is blocked.
/// </summary>
internal sealed class BoundedDisposalSink(ILogEventSink inner) : ILogEventSink, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public void Emit(LogEvent logEvent) => inner.Emit(logEvent);

    // WaitAny, because a console that fails with the last lines is no reason to fail the stop either.
    public void Dispose() => Task.WaitAny([Task.Run(() => (inner as IDisposable)?.Dispose())], Limit);
}
