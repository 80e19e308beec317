namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Counts the statements of the sessions that are opened while it lives, by whoever began it and by nobody else. For
/// tests: a list is flat when its pages are a constant number of statements.
/// </summary>
internal sealed class StatementCounter : IDisposable
{
    private static readonly AsyncLocal<StatementCounter?> Begun = new();

    private long _statements;

    private StatementCounter()
    {
    }

    public long Statements => Interlocked.Read(ref _statements);

    /// <summary>The count that a session opened here and now belongs to; null where nobody counts.</summary>
    internal static StatementCounter? Current => Begun.Value;

    public static StatementCounter Begin() => Begun.Value = new StatementCounter();

    public void Dispose() => Begun.Value = null;

    internal void Add() => Interlocked.Increment(ref _statements);
}
