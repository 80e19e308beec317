namespace WorkspaceService.Infrastructure.Hosting.Commands;

/// <summary>
/// A slice's <see cref="ICommandLineOption"/> as a command: on the prepared database, without listening.
/// </summary>
internal static class RunSlice
{
    public static async Task<int> RunAsync(string[] settings, ICommandLineOption option)
    {
        var builder = Startup.CreateBuilder(new Arguments(settings, [option]));
        builder.AddService();
        await using var app = builder.Build();
        await app.PrepareDatabaseAsync();
        if (!(await option.RunAsync(app.Services)).Succeeded(out var message, out var fault))
        {
            throw new CommandException(fault.Message);
        }

        Console.WriteLine(message(ServerAddresses.Of(builder.Configuration) ?? ServerAddresses.Default));
        return 0;
    }
}
