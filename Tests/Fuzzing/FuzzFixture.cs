using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using WorkspaceService.Infrastructure.Dispatch;
using WorkspaceService.Infrastructure.Hosting;

namespace WorkspaceService.Fuzzing;

/// <summary>
/// A service that sends no webhooks and clears nothing away: what it did by itself could not be told from what a
/// refused request has changed, and the addresses that requests make up lead to strangers.
/// </summary>
public sealed class FuzzFixture : ServiceFixture
{
    private static readonly Type[] LeftOut = [typeof(WebhookDispatcher), typeof(Housekeeping)];

    protected override void Configure(IWebHostBuilder builder) => builder.ConfigureServices(services =>
    {
        foreach (var service in services.Where(service =>
            service.ServiceType == typeof(IHostedService) && LeftOut.Contains(service.ImplementationType)).ToList())
        {
            services.Remove(service);
        }
    });
}
