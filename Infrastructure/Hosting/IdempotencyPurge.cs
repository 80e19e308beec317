using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Http;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>
/// Deletes the stored answers of <c>Idempotency-Key</c> that are no longer kept, once a minute, in one instance.
/// </summary>
public sealed class IdempotencyPurge(ConnectionFactory db, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var minute = new PeriodicTimer(TimeSpan.FromMinutes(1));
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await minute.WaitForNextTickAsync(stoppingToken);
                if (await db.TakeLeaseAsync(nameof(IdempotencyPurge), TimeSpan.FromMinutes(2), stoppingToken))
                {
                    await Idempotency.PurgeAsync(db, clock, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception outage) when (TransientErrors.Includes(outage))
            {
                // Retried in a minute.
            }
        }
    }
}
