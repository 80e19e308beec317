using WorkspaceService.Infrastructure;
using WorkspaceService.Infrastructure.Operation;

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddService();

    var app = builder.Build();
    app.UseService();
    app.MapEndpoints();

    await app.PrepareDatabaseAsync();
    await app.RunAsync();
    return 0;
}
catch (WrongSettingException wrong)
{
    await Console.Error.WriteLineAsync($"WorkspaceService cannot start: {wrong.Message}");
    return 1;
}

/// <summary>The service; named so that tests can start it.</summary>
public partial class Program;
