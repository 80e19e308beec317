using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>
/// A SQLite connection that caches compiled statements, as Npgsql does with Max Auto Prepare: compiling a statement
/// takes several times as long as running it. Not thread-safe.
/// </summary>
internal sealed class StatementCachingConnection(string connectionString) : SqliteConnection(connectionString)
{
    // Statements are constants, so the reference identifies the text.
    private readonly Dictionary<string, SqliteStatement> _idle = new(ReferenceEqualityComparer.Instance);

    /// <summary>Events that a statement which may read them finds inserted; null where none are appended.</summary>
    internal SqliteEvents? Appended { get; set; }

    /// <summary>Takes the statement of a text; compiles it where none is idle.</summary>
    internal SqliteStatement Rent(string sql)
    {
        if (!_idle.Remove(sql, out var statement))
        {
            statement = new SqliteStatement(this, sql);
        }

        if (statement.NamesEvents && Appended is { AreWaiting: true })
        {
            Appended.Insert();
        }

        return statement;
    }

    internal void Return(SqliteStatement statement)
    {
        if (State != ConnectionState.Open || !_idle.TryAdd(statement.Sql, statement))
        {
            statement.Dispose();
        }
    }

    protected override DbCommand CreateDbCommand() => new SqliteStatementCommand(this);

    protected override void Dispose(bool disposing)
    {
        foreach (var statement in _idle.Values)
        {
            statement.Dispose();
        }

        _idle.Clear();
        base.Dispose(disposing);
    }
}
