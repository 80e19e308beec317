using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>Saves <c>last_used_at</c> of API keys once a minute and at shutdown.</summary>
public sealed class LastUsedWriter(ApiKeyAuthenticator authenticator) : BackgroundService
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
                // Shutdown: save once more, then end.
            }

            try
            {
                await authenticator.SaveLastUsedAsync(CancellationToken.None);
            }
            catch (Exception outage) when (TransientErrors.Includes(outage))
            {
                // Retried in a minute.
            }
        }
    }
}
