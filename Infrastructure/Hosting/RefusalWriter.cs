using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>Writes refused requests to the audit log, twice a second and at shutdown.</summary>
public sealed class RefusalWriter(
    RefusedRequests queue, ConnectionFactory db, TimeProvider clock, ILogger<RefusalWriter> log) : BackgroundService
{
    private readonly List<Refusal> _taken = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(0.5));
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await tick.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // Shutdown: write once more, then end.
            }

            try
            {
                await WriteAsync();
            }
            catch (Exception outage) when (TransientErrors.Includes(outage))
            {
                // Written with the next ones.
            }
            catch (Exception failure)
            {
                // The log of refusals is no reason to stop the service.
                log.LogError(failure, "Refusals cannot be written: {Count} are lost", _taken.Count);
                _taken.Clear();
            }
        }
    }

    private async Task WriteAsync()
    {
        if (_taken.Count == 0)
        {
            await queue.TakeAsync(_taken, clock.GetUtcNow(), CancellationToken.None);
        }

        if (_taken.Count == 0)
        {
            return;
        }

        await db.TransactAsync<Done>(RootKey.Caller, async session =>
        {
            await Refusals.AppendAsync(session, _taken);
            return Done.It;
        });
        _taken.Clear();
    }
}
