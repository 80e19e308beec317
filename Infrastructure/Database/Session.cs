using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Dapper;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Telemetry;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// A unit of work on the database, with Dapper. Inside <see cref="ConnectionFactory.TransactAsync"/> it is one
/// transaction. A session from <see cref="ConnectionFactory.Open"/> only reads, and opens a connection with its first
/// statement: cache hits need none.
/// </summary>
public sealed class Session : IAsyncDisposable
{
    private readonly Caller? _caller;
    private readonly TimeProvider _clock;
    private readonly Func<DbConnection>? _connect;
    private readonly Func<DbConnection, ValueTask>? _release;
    private readonly PostgresConnections? _postgres;
    private readonly DatabaseCache? _cache;
    private readonly CancellationToken _ct;
    private readonly bool _isPostgres;
    private readonly StatementCounter? _counter = StatementCounter.Current;

    private DbConnection? _connection;
    private PostgresConnection? _postgresConnection;
    private DateTimeOffset? _now;
    private bool _isDisposed;

    /// <summary>A read-only session on SQLite.</summary>
    internal Session(
        Func<DbConnection> connect,
        Func<DbConnection, ValueTask> release,
        Caller? caller,
        TimeProvider clock,
        DatabaseCache? cache)
    {
        (_connect, _release, _caller, _clock, _cache) = (connect, release, caller, clock, cache);
    }

    /// <summary>A read-only session on PostgreSQL.</summary>
    internal Session(
        PostgresConnections connections,
        Caller? caller,
        TimeProvider clock,
        DatabaseCache? cache,
        CancellationToken ct)
    {
        (_postgres, _caller, _clock, _cache, _ct) = (connections, caller, clock, cache, ct);
        _isPostgres = true;
    }

    /// <summary>A session inside the open transaction of SQLite's writer.</summary>
    internal Session(
        DbConnection connection,
        SqliteNumbers numbers,
        SqliteEvents events,
        Caller caller,
        TimeProvider clock,
        DatabaseCache? cache)
    {
        (_connection, Numbers, Events) = (connection, numbers, events);
        (_caller, _clock, _cache) = (caller, clock, cache);
        InTransaction = true;
    }

    /// <summary>A session inside a transaction on PostgreSQL, which reads nothing from the cache.</summary>
    internal Session(PostgresTransaction transaction, Caller caller, TimeProvider clock)
    {
        (Transaction, _caller, _clock) = (transaction, caller, clock);
        (_isPostgres, InTransaction) = (true, true);
    }

    /// <summary>The authenticated caller and its request id.</summary>
    public Caller Caller => _caller ?? throw new InvalidOperationException("This work is done for nobody.");

    /// <summary>The time of the session; the same on every call.</summary>
    public DateTimeOffset Now => _now ??= _clock.GetUtcNow();

    /// <summary>True where the session may write.</summary>
    public bool InTransaction { get; }

    /// <summary>
    /// True where numbers are allocated in the order of commits: SQLite, which has one writer.
    /// </summary>
    public bool CommitsInOrder => !_isPostgres;

    /// <summary>True where others are told of the commit: see <see cref="CommitSignal"/>.</summary>
    internal bool IsAnnounced { get; private set; }

    /// <summary>The cache of access facts; null where it is not to be asked.</summary>
    internal RowCache<AccessKey, AccessFacts>? AccessFacts => _cache is { IsFresh: true } ? _cache.AccessFacts : null;

    /// <summary>The numbers of SQLite's writer; null elsewhere.</summary>
    internal SqliteNumbers? Numbers { get; }

    /// <summary>The events of SQLite's writer; null elsewhere.</summary>
    internal SqliteEvents? Events { get; }

    /// <summary>The transaction on PostgreSQL; null elsewhere.</summary>
    internal PostgresTransaction? Transaction { get; }

    /// <summary>What the transaction writes is waited for: see <see cref="CommitSignal"/>.</summary>
    public void Announce() => IsAnnounced = true;

    // SQLite is synchronous, so its statements run without async calls. Dapper is told the type of the command: else
    // it searches the text for it.

    /// <summary>The number of affected rows.</summary>
    public Task<int> ExecuteAsync(string sql, object? parameters = null) =>
        !InTransaction ? throw new InvalidOperationException("Only a transaction writes.")
        : _isPostgres ? OnPostgresAsync(sql, parameters, (c, statement) => c.ExecuteAsync(statement))
        : Task.FromResult(OnSqlite().Execute(sql, parameters, commandType: CommandType.Text));

    /// <summary>
    /// The same for a statement whose number of rows is not needed: on PostgreSQL it is sent with the next one that is
    /// answered, or with the commit.
    /// </summary>
    public Task ExecuteLaterAsync(string sql, object? parameters = null)
    {
        if (Transaction is null)
        {
            return ExecuteAsync(sql, parameters);
        }

        _counter?.Add();
        return Transaction.EnqueueAsync(sql, parameters);
    }

    /// <summary>
    /// Executes a statement that has to affect a row; where it affects none, the transaction ends with the fault that
    /// <paramref name="otherwise"/> reads. On PostgreSQL that may be found out later, at the latest with the commit.
    /// </summary>
    public Task RequireAsync(string sql, object parameters, Func<Session, Task<Fault>> otherwise)
    {
        if (Transaction is null)
        {
            return ExecuteAsync(sql, parameters).Result > 0 ? Task.CompletedTask
                : throw new RefusedException(otherwise);
        }

        _counter?.Add();
        return Transaction.RequireAsync(sql, parameters, otherwise);
    }

    /// <summary>The first row, or null.</summary>
    public Task<T?> FindAsync<T>(string sql, object? parameters = null) where T : class => _isPostgres
        ? OnPostgresAsync(sql, parameters, (c, statement) => c.QueryFirstOrDefaultAsync<T>(statement))
        : Task.FromResult(OnSqlite().QueryFirstOrDefault<T>(sql, parameters, commandType: CommandType.Text));

    /// <summary>The first column of the first row; <c>default</c> without one.</summary>
    public Task<T> ScalarAsync<T>(string sql, object? parameters = null) => _isPostgres
        ? OnPostgresAsync(sql, parameters, (c, statement) => c.ExecuteScalarAsync<T>(statement))!
        : Task.FromResult(OnSqlite().ExecuteScalar<T>(sql, parameters, commandType: CommandType.Text)!);

    /// <summary>All rows.</summary>
    public Task<List<T>> ListAsync<T>(string sql, object? parameters = null) => _isPostgres
        ? OnPostgresAsync(sql, parameters, async (c, statement) => (await c.QueryAsync<T>(statement)).AsList())
        : Task.FromResult(OnSqlite().Query<T>(sql, parameters, commandType: CommandType.Text).AsList());

    /// <summary>
    /// The first row, or null, possibly from the cache, which is never older than the last commit of this instance.
    /// <paramref name="parameters"/> must be equal by value and the row immutable.
    /// </summary>
    public ValueTask<T?> FindCachedAsync<T>(string sql, object parameters) where T : class =>
        _cache is not { IsFresh: true } || InTransaction
            ? new(FindAsync<T>(sql, parameters))
            : _cache.Rows.GetAsync(sql, parameters, FindAsync<T>);

    /// <summary>The same for all rows, such as a page of a list. Do not modify the list.</summary>
    public ValueTask<List<T>> ListCachedAsync<T>(string sql, object parameters) =>
        _cache is not { IsFresh: true } || InTransaction
            ? new(ListAsync<T>(sql, parameters))
            : _cache.Lists.GetAsync(sql, parameters, ListAsync<T>);

    /// <summary>
    /// The first row of what was there when it was looked for. A query's statements are no transaction, so it may be
    /// gone by now.
    /// </summary>
    /// <exception cref="GoneException">It is gone.</exception>
    public async Task<T> GetAsync<T>(string sql, object parameters) where T : class =>
        await FindAsync<T>(sql, parameters) ?? throw new GoneException();

    /// <summary>The same, possibly from the cache: see <see cref="FindCachedAsync"/>.</summary>
    /// <exception cref="GoneException">It is gone.</exception>
    public async ValueTask<T> GetCachedAsync<T>(string sql, object parameters) where T : class =>
        await FindCachedAsync<T>(sql, parameters) ?? throw new GoneException();

    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        var (connection, postgres) = (_connection, _postgresConnection);
        (_connection, _postgresConnection) = (null, null);
        return InTransaction ? ValueTask.CompletedTask
            : postgres is not null ? postgres.DisposeAsync()
            : connection is not null ? _release!(connection)
            : ValueTask.CompletedTask;
    }

    private DbConnection OnSqlite()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _counter?.Add();
        return _connection ??= _connect!();
    }

    private Task<T> OnPostgresAsync<T>(
        string sql, object? parameters, Func<DbConnection, CommandDefinition, Task<T>> run)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _counter?.Add();
        return Transaction is null ? ReadAsync(RunAsync) : Transaction.RunAsync(RunAsync);

        Task<T> RunAsync(DbConnection connection, CancellationToken stop)
        {
            var statement = new CommandDefinition(sql, parameters, cancellationToken: stop);
            return Transaction is null && Spans.Source.HasListeners()
                ? TraceAsync(connection, statement, run)
                : run(connection, statement);
        }
    }

    private static async Task<T> TraceAsync<T>(
        DbConnection connection, CommandDefinition statement, Func<DbConnection, CommandDefinition, Task<T>> run)
    {
        using var span = Spans.StartStatement(statement.CommandText, Spans.Postgres);
        try
        {
            return await run(connection, statement);
        }
        catch (Exception failure)
        {
            span.Fail(failure);
            throw;
        }
    }

    // A statement that only reads may run again on another connection.
    private async Task<T> ReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> run)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var connection = _postgresConnection ??= await _postgres!.OpenAsync(_ct);
            try
            {
                return await connection.RunAsync(run);
            }
            catch (Exception failure) when (
                TransientErrors.MayRunAgain(failure)
                && Stopwatch.GetElapsedTime(start) < PostgresConnections.RunAgainLimit)
            {
                // A statement that only reads may run again; the connection is broken.
                _postgresConnection = null;
                await connection.DisposeAsync();
                await Task.Delay(Random.Shared.Next(20, 100), _ct);
            }
        }
    }
}

/// <summary>Ends a transaction: a statement affected no row that had to affect one.</summary>
/// <param name="otherwise">Reads the fault.</param>
internal sealed class RefusedException(Func<Session, Task<Fault>> otherwise) : Exception
{
    public Func<Session, Task<Fault>> Otherwise => otherwise;
}

/// <summary>What a query was about was deleted by a request at the same time: it is not found.</summary>
internal sealed class GoneException : Exception;
