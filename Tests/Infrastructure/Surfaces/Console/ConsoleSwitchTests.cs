using System.Net;
using Microsoft.AspNetCore.Hosting;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

public sealed class ConsoleSwitchTests(ConsoleSwitchTests.Off service) : IClassFixture<ConsoleSwitchTests.Off>
{
    [Theory]
    [InlineData("/console")]
    [InlineData("/console/sign-in")]
    public async Task Without_a_console_nothing_is_there(string url)
    {
        (await service.Root.GetAsync(url)).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await service.Root.GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    public sealed class Off : ServiceFixture
    {
        protected override void Configure(IWebHostBuilder builder) =>
            builder.UseSetting("Console:Enabled", "false");
    }
}
