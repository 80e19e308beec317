namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>The settings of the console.</summary>
public sealed record ConsoleSettings
{
    /// <summary>Whether there is a console; without it its addresses are <c>not_found</c>.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How long after signing in a session ends.</summary>
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How long after the last page a session ends.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);
}
