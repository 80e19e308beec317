namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Counts the statements of the sessions that are opened while it lives, by whoever began it and by nobody else. For tests:
/// a list is flat when its pages are a constant number of statements.
/// </summary>
internal sealed class StatementCount : IDisposable
{
    private static readonly AsyncLocal<StatementCount?> Begun = new();

    private long _statements;

    private StatementCount()
    {
    }

    public long Statements => Interlocked.Read(ref _statements);

    /// <summary>The count that a session opened here and now belongs to; null where nobody counts.</summary>
    internal static StatementCount? Current => Begun.Value;

    public static StatementCount Begin() => Begun.Value = new StatementCount();

    public void Dispose() => Begun.Value = null;

    internal void Add() => Interlocked.Increment(ref _statements);
}
