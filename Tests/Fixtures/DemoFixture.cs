using Microsoft.AspNetCore.Hosting;

namespace WorkspaceService;

/// <summary>The service with the demo loaded, as <c>--demo</c> does it.</summary>
public sealed class DemoFixture : ServiceFixture
{
    protected override void Configure(IWebHostBuilder builder) => builder.UseSetting("demo", "true");
}
