using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using WorkspaceService.Infrastructure.Dispatch;

namespace WorkspaceService.Fuzzing;

/// <summary>
/// A service that sends no webhooks: what it did by itself could not be told from what a refused request has changed,
/// and the addresses that requests make up lead to strangers.
/// </summary>
public sealed class FuzzFixture : ServiceFixture
{
    protected override void Configure(IWebHostBuilder builder) => builder.ConfigureServices(services =>
        services.Remove(services.Single(service =>
            service.ServiceType == typeof(IHostedService) && service.ImplementationType == typeof(WebhookDispatcher))));
}
