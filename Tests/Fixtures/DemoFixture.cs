using Microsoft.AspNetCore.Hosting;
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

namespace WorkspaceService;

/// <summary>The service with the demo loaded, as <c>--demo</c> does it.</summary>
public sealed class DemoFixture : ServiceFixture
{
    protected override void Configure(IWebHostBuilder builder) => builder.UseSetting("demo", "true");
}
