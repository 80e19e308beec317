using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>Saves once a minute, and when the service stops, when each key was last used.</summary>
public sealed class LastUsedWriter(ApiKeyAuthenticator callers) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var minute = new PeriodicTimer(TimeSpan.FromMinutes(1));
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await minute.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // The last use before the stop is saved too.
            }

            try
            {
                await callers.SaveLastUsedAsync(CancellationToken.None);
            }
            catch (Exception outage) when (TransientErrors.Includes(outage))
            {
                // Not worth more than the next minute's try.
            }
        }
    }
}
