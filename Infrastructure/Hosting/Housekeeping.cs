using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Dispatch;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>
/// Deletes what is no longer needed, once a minute and in one instance: the stored answers of <c>Idempotency-Key</c>,
/// refusals and deliveries that have been kept for long enough, and changes that every instance has read.
/// </summary>
public sealed class Housekeeping(ConnectionFactory db, TimeProvider clock, Settings settings) : BackgroundService
{
    private bool _holdsLease;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await (_holdsLease ? db.GiveLeaseBackAsync(nameof(Housekeeping), cancellationToken) : Task.CompletedTask);
        }
        catch (Exception outage) when (TransientErrors.Includes(outage) || outage is OperationCanceledException)
        {
            // It ends by itself.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var minute = new PeriodicTimer(TimeSpan.FromMinutes(1));
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await minute.WaitForNextTickAsync(stoppingToken);
                _holdsLease = await db.TakeLeaseAsync(
                    nameof(Housekeeping), TimeSpan.FromMinutes(2), stoppingToken);
                if (_holdsLease)
                {
                    await Idempotency.PurgeAsync(db, clock, stoppingToken);
                    await Refusals.PurgeAsync(db, clock.GetUtcNow() - settings.RetainRefusals, stoppingToken);
                    await db.PurgeChangesAsync(stoppingToken);
                    await WebhookStore.PurgeAsync(
                        db, clock.GetUtcNow() - settings.Webhooks.RetainDeliveries, stoppingToken);
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
