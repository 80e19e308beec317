using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>
/// A SQLite connection that prepares each statement once and keeps it, as Npgsql does by itself with Max Auto Prepare:
/// compiling a statement costs SQLite several times what running it does. For one user at a time.
/// </summary>
internal sealed class StatementCachingConnection(string connectionString) : SqliteConnection(connectionString)
{
    // Statements are constants, so the same text is the same object.
    private readonly Dictionary<string, SqliteCommand> _prepared = new(ReferenceEqualityComparer.Instance);

    protected override DbCommand CreateDbCommand() => new Lease(this);

    protected override void Dispose(bool disposing)
    {
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        _prepared.Clear();
        base.Dispose(disposing);
    }

    private SqliteCommand Take(string sql)
    {
        if (_prepared.Remove(sql, out var command))
        {
            command.Parameters.Clear();
            return command;
        }

        command = base.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private void GiveBack(SqliteCommand command)
    {
        if (State != ConnectionState.Open || !_prepared.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
    }

    /// <summary>What Dapper sees: a command of its own that borrows the prepared one while it lives.</summary>
    private sealed class Lease(StatementCachingConnection owner) : DbCommand
    {
        private SqliteCommand? _command;

        [AllowNull]
        public override string CommandText
        {
            get => _command?.CommandText ?? "";
            set
            {
                Return();
                _command = owner.Take(value ?? "");
            }
        }

        public override int CommandTimeout { get; set; }

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection
        {
            get => owner;
            set => throw new NotSupportedException();
        }

        protected override DbParameterCollection DbParameterCollection => Command.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        private SqliteCommand Command =>
            _command ?? throw new InvalidOperationException("Set the text of the command first.");

        public override void Cancel()
        {
        }

        public override int ExecuteNonQuery() => Command.ExecuteNonQuery();

        public override object? ExecuteScalar() => Command.ExecuteScalar();

        public override void Prepare() => Command.Prepare();

        protected override DbParameter CreateDbParameter() => new Parameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) =>
            Command.ExecuteReader(behavior);

        protected override void Dispose(bool disposing)
        {
            Return();
            base.Dispose(disposing);
        }

        private void Return()
        {
            if (_command is { } command)
            {
                _command = null;
                owner.GiveBack(command);
            }
        }
    }

    /// <summary>
    /// Named as statements name it; for a name without <c>@</c> every way to write one would be tried, each time.
    /// </summary>
    private sealed class Parameter : SqliteParameter
    {
        [AllowNull]
        public override string ParameterName
        {
            get => base.ParameterName;
            set => base.ParameterName = value?.StartsWith('@') == false ? $"@{value}" : value;
        }
    }
}
