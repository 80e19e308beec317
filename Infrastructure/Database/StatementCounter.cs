namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Counts the statements of sessions that are opened in the async flow which began it, until it is disposed. For tests,
/// which assert that a page of a list takes a constant number of statements.
/// </summary>
internal sealed class StatementCounter : IDisposable
{
    private static readonly AsyncLocal<StatementCounter?> Ambient = new();

    private long _statements;

    private StatementCounter()
    {
    }

    public long Statements => Interlocked.Read(ref _statements);

    /// <summary>The counter of the current async flow; null for none.</summary>
    internal static StatementCounter? Current => Ambient.Value;

    public static StatementCounter Begin() => Ambient.Value = new StatementCounter();

    public void Dispose() => Ambient.Value = null;

    internal void Add() => Interlocked.Increment(ref _statements);
}
