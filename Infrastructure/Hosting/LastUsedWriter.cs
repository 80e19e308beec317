using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

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
