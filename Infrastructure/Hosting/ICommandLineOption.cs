using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>
/// A command-line option that runs a slice at startup, as an endpoint runs one for a request; without its dashes it is
/// a command, which runs the slice and starts nothing. Found by reflection; needs a parameterless constructor.
/// </summary>
public interface ICommandLineOption
{
    /// <summary>The option with its dashes, such as <c>--demo</c>.</summary>
    string Name { get; }

    /// <summary>What it does, for <c>--help</c>.</summary>
    string Description { get; }

    /// <summary>
    /// Runs after the migrations and before the service listens. Returns a function from the service's address to the
    /// message that is printed once it listens; a fault is printed too, and ends the command.
    /// </summary>
    Task<Outcome<Func<string, string>>> RunAsync(IServiceProvider services);
}
