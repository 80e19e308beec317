namespace WorkspaceService.Infrastructure.Hosting.Commands;

/// <summary>A command is refused: its one-line message is printed on standard error, and the exit code is 1.</summary>
public sealed class CommandException(string message) : Exception(message);
