using System.Diagnostics;
using MediatR;
using WorkspaceService.Infrastructure.Telemetry;

namespace WorkspaceService.Infrastructure.Pipeline;

/// <summary>
/// Records each message under its slice's name, as a span and in the metrics. A fault is an answer and no error.
/// Registered only where telemetry is configured.
/// </summary>
public sealed class TelemetryBehavior<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull
    where TResponse : IOutcome<TResponse>
{
    private static readonly string Name = (typeof(TRequest).DeclaringType ?? typeof(TRequest)).Name;

    public async Task<TResponse> Handle(
        TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        using var span = Spans.Source.StartActivity(Name);
        var start = Stopwatch.GetTimestamp();
        try
        {
            var outcome = await next();
            span?.SetTag("workspace_service.fault.code", outcome.Fault?.Code);
            Instruments.Handled(Name, Stopwatch.GetElapsedTime(start), outcome.Fault, error: null);
            return outcome;
        }
        catch (Exception exception)
        {
            span.Fail(exception);
            Instruments.Handled(Name, Stopwatch.GetElapsedTime(start), fault: null, exception.GetType().FullName);
            throw;
        }
    }
}
