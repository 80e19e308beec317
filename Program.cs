using Carter;
using WorkspaceService.Infrastructure.Hosting;

return await CommandLine.RunAsync(args, async arguments =>
{
    var builder = Startup.CreateBuilder(arguments);
    builder.AddService();

    await using var app = builder.Build();
    app.UseService();
    app.MapCarter();

    await app.PrepareDatabaseAsync();
    await app.RunOptionsAsync(arguments);
    await app.ListenAsync();
    await app.WaitForShutdownAsync();
});

/// <summary>The entry point; public, because tests start it.</summary>
public partial class Program;
