using System.Data.Common;
using Dapper;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

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
    private readonly Func<CancellationToken, Task<DbConnection>>? _connect;
    private readonly Func<DbConnection, ValueTask>? _release;
    private readonly DatabaseCache? _cache;
    private readonly CancellationToken _ct;
    private readonly StatementCounter? _counter = StatementCounter.Current;

    // Of a transaction on PostgreSQL.
    private readonly BatchingConnection? _batching;
    private readonly Turns? _turns;
    private readonly List<WriteLock> _locks = [];
    private IDisposable? _turn;
    private bool _nextNeedsNoLock;

    private DbConnection? _connection;
    private DateTimeOffset? _now;
    private bool _isDisposed;

    /// <summary>A read-only session.</summary>
    internal Session(
        Func<CancellationToken, Task<DbConnection>> connect,
        Func<DbConnection, ValueTask> release,
        bool isPostgres,
        Caller? caller,
        TimeProvider clock,
        DatabaseCache? cache,
        CancellationToken ct)
    {
        (_connect, _release, IsPostgres, _caller, _clock, _cache, _ct) =
            (connect, release, isPostgres, caller, clock, cache, ct);
    }

    /// <summary>A session inside the open transaction of SQLite's writer.</summary>
    internal Session(
        DbConnection connection, SqliteNumbers numbers, Caller caller, TimeProvider clock, DatabaseCache cache)
    {
        (_connection, Numbers, _caller, _clock, _cache) = (connection, numbers, caller, clock, cache);
        InTransaction = true;
    }

    /// <summary>A session inside a transaction on PostgreSQL, which reads nothing from the cache.</summary>
    internal Session(BatchingConnection connection, PostgresShared shared, Caller caller, TimeProvider clock)
    {
        (_connection, _batching, _shared, _caller, _clock) = (connection, connection, shared, caller, clock);
        IsPostgres = InTransaction = true;
    }

    /// <summary>The authenticated caller and its request id.</summary>
    public Caller Caller => _caller ?? throw new InvalidOperationException("This work is done for nobody.");

    /// <summary>The time of the session; the same on every call.</summary>
    public DateTimeOffset Now => _now ??= _clock.GetUtcNow();

    /// <summary>True where the session may write.</summary>
    public bool InTransaction { get; }

    /// <summary>Only for choosing one of a pair of statements; at most three pairs in the service.</summary>
    public bool IsPostgres { get; }

    /// <summary>
    /// True where numbers are allocated in the order of commits: SQLite, which has one writer.
    /// </summary>
    public bool CommitsInOrder => !IsPostgres;

    /// <summary>The numbers of SQLite's writer; null on PostgreSQL, which has sequences.</summary>
    internal SqliteNumbers? Numbers { get; }

    /// <summary>The cache of access facts; null on PostgreSQL.</summary>
    internal RowCache<AccessKey, AccessFacts>? AccessFacts => _cache?.AccessFacts;

    // SQLite is synchronous, so its statements run without async calls.

    /// <summary>The number of affected rows.</summary>
    public Task<int> ExecuteAsync(string sql, object? parameters = null) =>
        !InTransaction ? throw new InvalidOperationException("Only a transaction writes.")
        : IsPostgres ? OnPostgresAsync(connection => connection.ExecuteAsync(sql, parameters))
        : Task.FromResult(OnSqlite().Execute(sql, parameters));

    /// <summary>
    /// The same for a statement whose number of rows is not needed at once: on PostgreSQL it is sent with the next one
    /// that is answered, or with the commit.
    /// </summary>
    public async ValueTask<Affected> ExecuteLaterAsync(string sql, object? parameters = null)
    {
        if (_batching is null)
        {
            return new(await ExecuteAsync(sql, parameters));
        }

        await LockByDefaultAsync();
        return Enqueue(sql, parameters);
    }

    /// <summary>
    /// Executes a statement that has to affect a row; where it affects none, the transaction ends with the fault that
    /// <paramref name="otherwise"/> reads. On PostgreSQL that is found out with the next statement that is answered, or
    /// with the commit: the database itself stops there, so a commit may be sent along.
    /// </summary>
    public async ValueTask RequireAsync(string sql, object parameters, Func<Session, Task<Fault>> otherwise)
    {
        if (_batching is null)
        {
            if (await ExecuteAsync(sql, parameters) == 0)
            {
                throw new RefusedException(otherwise);
            }

            return;
        }

        await LockByDefaultAsync();
        _counter?.Add();
        _batching.Require(sql, parameters, otherwise);
    }

    /// <summary>The first row, or null.</summary>
    public Task<T?> FindAsync<T>(string sql, object? parameters = null) where T : class => IsPostgres
        ? OnPostgresAsync(connection => connection.QueryFirstOrDefaultAsync<T>(sql, parameters))
        : Task.FromResult(OnSqlite().QueryFirstOrDefault<T>(sql, parameters));

    /// <summary>The first column of the first row; <c>default</c> without one.</summary>
    public Task<T> ScalarAsync<T>(string sql, object? parameters = null) => IsPostgres
        ? OnPostgresAsync<T>(connection => connection.ExecuteScalarAsync<T>(sql, parameters)!)
        : Task.FromResult(OnSqlite().ExecuteScalar<T>(sql, parameters)!);

    /// <summary>All rows.</summary>
    public Task<List<T>> ListAsync<T>(string sql, object? parameters = null) => IsPostgres
        ? OnPostgresAsync(async connection => (await connection.QueryAsync<T>(sql, parameters)).AsList())
        : Task.FromResult(OnSqlite().Query<T>(sql, parameters).AsList());

    /// <summary>
    /// The first row, or null, possibly from the cache, which is never older than the last commit.
    /// <paramref name="parameters"/> must be equal by value and the row immutable.
    /// </summary>
    public ValueTask<T?> FindCachedAsync<T>(string sql, object parameters) where T : class =>
        _cache is null || InTransaction
            ? new(FindAsync<T>(sql, parameters))
            : _cache.Rows.GetAsync(sql, parameters, FindAsync<T>);

    /// <summary>The same for all rows, such as a page of a list. Do not modify the list.</summary>
    public ValueTask<List<T>> ListCachedAsync<T>(string sql, object parameters) =>
        _cache is null || InTransaction
            ? new(ListAsync<T>(sql, parameters))
            : _cache.Lists.GetAsync(sql, parameters, ListAsync<T>);

    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        _turn?.Dispose();
        _turn = null;
        var connection = _connection;
        _connection = null;
        return _release is not null && connection is not null ? _release(connection) : ValueTask.CompletedTask;
    }

    /// <summary>See <see cref="WriteLocks"/>. <paramref name="wanted"/>'s statement has <c>@Code</c>.</summary>
    internal async ValueTask LockAsync(WriteLock wanted)
    {
        if (_batching is null || _locks.Exists(held => held.Covers(wanted)))
        {
            return;
        }

        if (!wanted.Shared && _locks.Exists(held => held.Level > wanted.Level || held.Code == wanted.Code))
        {
            throw new InvalidOperationException($"{wanted.Code} is locked too late: after {_locks[^1]}.");
        }

        // One turn a transaction, so that no two wait for each other.
        if (_locks.Count == 0 && !wanted.Shared)
        {
            _turn = await _turns!.TakeAsync(wanted.Code, _ct);
        }

        _locks.Add(wanted);
        Enqueue(wanted.Sql, new { wanted.Code });
    }

    /// <summary>The same for a lock within a shared one; skipped where the transaction has locked the whole.</summary>
    internal void LockWithin(WriteLock wanted, object parameters)
    {
        if (_batching is null || _locks.Exists(held => held.Covers(wanted) || !held.Shared))
        {
            return;
        }

        _locks.Add(wanted);
        Enqueue(wanted.Sql, parameters);
    }

    /// <summary>Locks something that only the next statement is about.</summary>
    internal void LockForNext(string sql, object parameters)
    {
        if (_batching is not null)
        {
            Enqueue(sql, parameters);
            _nextNeedsNoLock = true;
        }
    }

    private ValueTask LockByDefaultAsync()
    {
        var isFree = _nextNeedsNoLock;
        _nextNeedsNoLock = false;
        return _batching is null || _locks.Count > 0 || isFree ? ValueTask.CompletedTask : WriteLocks.ServiceAsync(this);
    }

    private Affected Enqueue(string sql, object? parameters)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _counter?.Add();
        _batching!.Execute(sql, parameters);
        return new(_batching!.LastQueued);
    }

    private DbConnection OnSqlite()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _counter?.Add();
        // Completes synchronously: SQLite opens connections on the calling thread.
        return _connection ??= _connect!(_ct).GetAwaiter().GetResult();
    }

    private async Task<T> OnPostgresAsync<T>(Func<DbConnection, Task<T>> run)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _counter?.Add();
        await LockByDefaultAsync();
        _connection ??= await _connect!(_ct);
        return await run(_connection);
    }
}

/// <summary>Ends a transaction: a statement affected no row that had to affect one.</summary>
/// <param name="otherwise">Reads the fault.</param>
internal sealed class RefusedException(Func<Session, Task<Fault>> otherwise) : Exception
{
    public Func<Session, Task<Fault>> Otherwise => otherwise;
}

/// <summary>The number of rows that a statement has affected, once it was sent.</summary>
public readonly struct Affected
{
    private readonly DbBatchCommand? _sent;
    private readonly int _rows;

    internal Affected(int rows) => _rows = rows;

    internal Affected(DbBatchCommand sent) => _sent = sent;

    /// <summary>On PostgreSQL valid after the next statement that is answered.</summary>
    public int Rows => _sent?.RecordsAffected ?? _rows;
}
