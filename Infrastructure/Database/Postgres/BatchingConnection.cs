using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Dapper;
using Npgsql;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>
/// A transaction on PostgreSQL in as few round trips as its answers allow, for Dapper. Asynchronous statements are sent
/// at once and answered; synchronous ones are queued and sent with the next that is answered: BEGIN goes with the
/// first, COMMIT with the last. Needs nothing of its connection beyond the transaction, so that a pooler may share it.
/// </summary>
/// <param name="open">Opens the connection, when the first statement is sent.</param>
internal sealed class BatchingConnection(Func<CancellationToken, Task<NpgsqlConnection>> open, CancellationToken ct)
    : DbConnection
{
    // Each statement sees what was committed before it: the locks of WriteLocks order what depends on it.
    private const string Begin = "BEGIN ISOLATION LEVEL READ COMMITTED";

    // What a required statement is wrapped in: a division by zero ends the transaction.
    private static readonly ConcurrentDictionary<string, string> Wrapped = new(ReferenceEqualityComparer.Instance);

    private readonly List<Statement> _queue = [];
    private readonly Dictionary<DbBatchCommand, Func<Session, Task<Fault>>> _required = [];
    private NpgsqlConnection? _inner;
    private bool _isOpen;

    /// <summary>The statement that was queued last.</summary>
    public NpgsqlBatchCommand LastQueued => _queue[^1].Command;

    /// <summary>True once COMMIT was sent: whether it was done is unknown until it is answered.</summary>
    public bool IsCommitSent { get; private set; }

    // Part of the key by which Dapper caches what it compiles.
    [AllowNull]
    public override string ConnectionString { get; set; } = nameof(BatchingConnection);

    public override string Database => "";

    public override string DataSource => "";

    public override string ServerVersion => "";

    public override ConnectionState State => ConnectionState.Open;

    /// <summary>
    /// Sends what is queued, <paramref name="last"/> and COMMIT; hands back the rows of <paramref name="last"/>. Sends
    /// nothing where nothing was executed.
    /// </summary>
    public async Task<List<T>> CommitAsync<T>(string last, Func<DbDataReader, T> row)
    {
        List<T> rows = [];
        if (!_isOpen && _queue.Count == 0)
        {
            return rows;
        }

        var skip = CountUnread();
        _queue.Add(new(new NpgsqlBatchCommand(last), HasRows: true));
        _queue.Add(new(new NpgsqlBatchCommand("COMMIT"), HasRows: false));
        await using var batch = await TakeBatchAsync();
        IsCommitSent = true;
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await SkipAsync(reader, skip);
        while (await reader.ReadAsync(ct))
        {
            rows.Add(row(reader));
        }

        while (await reader.NextResultAsync(ct))
        {
        }

        return rows;
    }

    public async Task RollbackAsync()
    {
        _queue.Clear();
        if (_isOpen)
        {
            await using var command = new NpgsqlCommand("ROLLBACK", _inner);
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_inner is not null)
        {
            await _inner.DisposeAsync();
        }

        await base.DisposeAsync();
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

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Queues a statement that ends the transaction where it affects no row.</summary>
    public void Require(string sql, object parameters, Func<Session, Task<Fault>> otherwise)
    {
        this.Execute(
            Wrapped.GetOrAdd(sql, text => $"WITH affected AS ({text} RETURNING 1) SELECT 1 / COUNT(*) FROM affected"),
            parameters);
        _required[LastQueued] = otherwise;
    }

    /// <summary>What reads the fault of a required statement that has failed; null for other failures.</summary>
    public Func<Session, Task<Fault>>? FaultOf(PostgresException failure) =>
        failure is { SqlState: PostgresErrorCodes.DivisionByZero, BatchCommand: { } command }
            ? _required.GetValueOrDefault(command)
            : null;

    // How many of the queued statements have rows, which nobody reads.
    private int CountUnread() => _queue.Count(each => each.HasRows);

    private static async Task SkipAsync(NpgsqlDataReader reader, int results)
    {
        for (; results > 0; results--)
        {
            await reader.NextResultAsync();
        }
    }

    private async Task<NpgsqlBatch> TakeBatchAsync()
    {
        _inner ??= await open(ct);
        var batch = _inner.CreateBatch();
        if (!_isOpen)
        {
            _isOpen = true;
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Begin));
        }

        foreach (var statement in _queue)
        {
            batch.BatchCommands.Add(statement.Command);
        }

        _queue.Clear();
        return batch;
    }

    // A reader at the rows of the last statement.
    private async Task<NpgsqlDataReader> ExecuteAsync(NpgsqlBatchCommand last, CancellationToken token)
    {
        var skip = CountUnread();
        _queue.Add(new(last, HasRows: false));
        var batch = await TakeBatchAsync();
        var reader = await batch.ExecuteReaderAsync(token);
        await SkipAsync(reader, skip);
        return reader;
    }

    /// <param name="HasRows">True for rows that nobody reads.</param>
    private readonly record struct Statement(NpgsqlBatchCommand Command, bool HasRows);

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

        // Queued: the number of rows is known after the next statement that is answered. Dapper clears the parameters.
        public override int ExecuteNonQuery()
        {
            var queued = new NpgsqlBatchCommand(_statement.CommandText);
            var parameters = _statement.Parameters.ToArray();
            _statement.Parameters.Clear();
            queued.Parameters.AddRange(parameters);
            var hasRows = queued.CommandText.StartsWith("SELECT", StringComparison.Ordinal)
                || queued.CommandText.StartsWith("WITH", StringComparison.Ordinal);
            owner._queue.Add(new(queued, hasRows));
            return 0;
        }

        public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
        {
            await using var reader = await owner.ExecuteAsync(_statement, cancellationToken);
            while (await reader.NextResultAsync(cancellationToken))
            {
            }

            return _statement.RecordsAffected;
        }

        public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
        {
            await using var reader = await owner.ExecuteAsync(_statement, cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? reader.GetValue(0) : null;
        }

        public override object? ExecuteScalar() => throw new NotSupportedException();

        protected override DbParameter CreateDbParameter() => new NpgsqlParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) =>
            throw new NotSupportedException();

        protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(
            CommandBehavior behavior, CancellationToken cancellationToken) =>
            await owner.ExecuteAsync(_statement, cancellationToken);
    }
}
