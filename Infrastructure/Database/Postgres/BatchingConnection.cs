using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Dapper;
using Npgsql;
using WorkspaceService.Infrastructure.Telemetry;

namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>
/// Lets Dapper send several statements in one round trip: queued ones go before the next that is executed
/// asynchronously. Their rows are not read.
/// </summary>
internal sealed class BatchingConnection : DbConnection
{
    private readonly List<NpgsqlBatchCommand> _queue = [];
    private List<(DbBatchCommand Statement, Activity Span)>? _spans;
    private int _unread;
    private NpgsqlBatchCommand? _behind;
    private NpgsqlConnection? _inner;

    public bool IsEmpty => _queue.Count == 0;

    // Part of the key by which Dapper caches what it compiles.
    [AllowNull]
    public override string ConnectionString { get; set; } = nameof(BatchingConnection);

    public override string Database => "";

    public override string DataSource => "";

    public override string ServerVersion => "";

    public override ConnectionState State => ConnectionState.Open;

    /// <summary>What the statements are sent on.</summary>
    public void Use(NpgsqlConnection connection) => _inner = connection;

    /// <summary>Hands back what is queued, to tell which statement an error is of.</summary>
    /// <param name="hasRows">True for a statement that has rows, which nobody reads.</param>
    public NpgsqlBatchCommand Enqueue(string sql, object? parameters, bool hasRows)
    {
        this.Execute(sql, parameters);
        _unread += hasRows ? 1 : 0;
        return _queue[^1];
    }

    /// <summary>Queues a statement without rows before all others.</summary>
    public void EnqueueFirst(string sql) => _queue.Insert(0, new NpgsqlBatchCommand(sql));

    /// <summary>Queues a statement without rows behind the next that is executed.</summary>
    public void EnqueueBehind(string sql) => _behind = new NpgsqlBatchCommand(sql);

    /// <summary>
    /// Marks the spans of the last round trip: that of the statement that has failed, or all where none is to blame.
    /// </summary>
    public void FailSpans(Exception failure)
    {
        var failed = (failure as PostgresException)?.BatchCommand;
        _spans?.ForEach(each =>
        {
            if (failed is null || failed == each.Statement)
            {
                each.Span.Fail(failure);
            }
        });
    }

    /// <summary>Ends the spans of the last round trip: its statements are sent and answered together.</summary>
    public void EndSpans()
    {
        if (_spans is not null)
        {
            var current = Activity.Current;
            _spans.ForEach(each => each.Span.Dispose());
            _spans = null;
            Activity.Current = current;
        }
    }

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public override void Open()
    {
    }

    public override void Close()
    {
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) =>
        throw new NotSupportedException();

    protected override DbCommand CreateDbCommand() => new Command(this);

    // A reader at the rows of the last statement.
    private async Task<NpgsqlDataReader> SendAsync(NpgsqlBatchCommand last, CancellationToken ct)
    {
        var batch = _inner!.CreateBatch();
        foreach (var queued in _queue)
        {
            batch.BatchCommands.Add(queued);
        }

        _queue.Clear();
        batch.BatchCommands.Add(last);
        if (_behind is not null)
        {
            batch.BatchCommands.Add(_behind);
            _behind = null;
        }

        if (Spans.Source.HasListeners())
        {
            StartSpans(batch);
        }

        var reader = await batch.ExecuteReaderAsync(ct);
        for (; _unread > 0; _unread--)
        {
            await reader.NextResultAsync(ct);
        }

        return reader;
    }

    private void StartSpans(DbBatch batch)
    {
        foreach (var statement in batch.BatchCommands)
        {
            if (Spans.StartStatementAside(statement.CommandText, Spans.Postgres) is { } span)
            {
                (_spans ??= []).Add((statement, span.SetTag("db.operation.batch.size", batch.BatchCommands.Count)));
            }
        }
    }

    /// <summary>The command that Dapper uses.</summary>
    private sealed class Command(BatchingConnection owner) : DbCommand
    {
        private readonly NpgsqlBatchCommand _statement = new();

        [AllowNull]
        public override string CommandText
        {
            get => _statement.CommandText;
            set => _statement.CommandText = value ?? "";
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

        protected override DbParameterCollection DbParameterCollection => _statement.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel()
        {
        }

        public override void Prepare()
        {
        }

        // Queues the statement, with its parameters: Dapper clears those of the command.
        public override int ExecuteNonQuery()
        {
            var queued = new NpgsqlBatchCommand(_statement.CommandText);
            var parameters = _statement.Parameters.ToArray();
            _statement.Parameters.Clear();
            queued.Parameters.AddRange(parameters);
            owner._queue.Add(queued);
            return 0;
        }

        public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
        {
            await using var reader = await owner.SendAsync(_statement, cancellationToken);
            while (await reader.NextResultAsync(cancellationToken))
            {
            }

            return _statement.RecordsAffected;
        }

        public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
        {
            await using var reader = await owner.SendAsync(_statement, cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? reader.GetValue(0) : null;
        }

        public override object? ExecuteScalar() => throw new NotSupportedException();

        protected override DbParameter CreateDbParameter() => new NpgsqlParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) =>
            throw new NotSupportedException();

        protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(
            CommandBehavior behavior, CancellationToken cancellationToken) =>
            await owner.SendAsync(_statement, cancellationToken);
    }
}
