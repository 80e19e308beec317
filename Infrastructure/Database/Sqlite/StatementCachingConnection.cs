using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using WorkspaceService.Infrastructure.Telemetry;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>
/// A SQLite connection that caches prepared statements, as Npgsql does with Max Auto Prepare: compiling a statement
/// takes several times as long as running it. Not thread-safe.
/// </summary>
internal sealed class StatementCachingConnection(string connectionString) : SqliteConnection(connectionString)
{
    // Statements are constants, so the reference identifies the text.
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

    private SqliteCommand Rent(string sql)
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

    private void Return(SqliteCommand command)
    {
        if (State != ConnectionState.Open || !_prepared.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
    }

    /// <summary>The command that Dapper uses; it rents the prepared one until it is disposed.</summary>
    private sealed class Lease(StatementCachingConnection owner) : DbCommand
    {
        private SqliteCommand? _command;
        private Activity? _span;

        [AllowNull]
        public override string CommandText
        {
            get => _command?.CommandText ?? "";
            set
            {
                Return();
                _command = owner.Rent(value ?? "");
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

        public override int ExecuteNonQuery()
        {
            try
            {
                return Begin().ExecuteNonQuery();
            }
            catch (Exception failure) when (Fail(failure))
            {
                throw;
            }
        }

        public override object? ExecuteScalar()
        {
            try
            {
                return Begin().ExecuteScalar();
            }
            catch (Exception failure) when (Fail(failure))
            {
                throw;
            }
        }

        public override void Prepare() => Command.Prepare();

        protected override DbParameter CreateDbParameter() => new Parameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
        {
            try
            {
                return Begin().ExecuteReader(behavior);
            }
            catch (Exception failure) when (Fail(failure))
            {
                throw;
            }
        }

        protected override void Dispose(bool disposing)
        {
            _span?.Dispose();
            Return();
            base.Dispose(disposing);
        }

        private SqliteCommand Begin()
        {
            _span = Spans.StartStatement(Command.CommandText, Spans.Sqlite);
            return Command;
        }

        // False, so that the failure goes on.
        private bool Fail(Exception failure)
        {
            _span.Fail(failure);
            return false;
        }

        private void Return()
        {
            if (_command is { } command)
            {
                _command = null;
                owner.Return(command);
            }
        }
    }

    /// <summary>
    /// A parameter whose name has its <c>@</c>; without it Microsoft.Data.Sqlite tries every prefix at each binding.
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
