using Carter;
using WorkspaceService.Infrastructure.Hosting;

try
{
    var arguments = Arguments.Read(args);
    var builder = Startup.CreateBuilder(arguments);
    if (arguments.IsHealthCheck)
    {
        return await HealthCheck.RunAsync(builder.Configuration);
    }

    builder.AddService();

    await using var app = builder.Build();
    app.UseService();
    app.MapCarter();

    await app.PrepareDatabaseAsync();
    await app.RunOptionsAsync(arguments);
    await app.ListenAsync();
    await app.WaitForShutdownAsync();
    return 0;
}
catch (StartupException wrong)
{
    await Console.Error.WriteLineAsync($"WorkspaceService cannot start: {wrong.Message}");
    return 1;
}

/// <summary>The entry point; public, because tests start it.</summary>
public partial class Program;
