using System.Data.Common;
using Dapper;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
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

    /// <summary>A session inside the open transaction of <paramref name="connection"/>.</summary>
    internal Session(DbConnection connection, bool isPostgres, Caller caller, TimeProvider clock, DatabaseCache? cache)
    {
        (_connection, IsPostgres, _caller, _clock, _cache) = (connection, isPostgres, caller, clock, cache);
        InTransaction = true;
    }

    /// <summary>A session inside the open transaction of SQLite's writer.</summary>
    internal Session(
        DbConnection connection, SqliteNumbers numbers, Caller caller, TimeProvider clock, DatabaseCache cache)
        : this(connection, isPostgres: false, caller, clock, cache) => Numbers = numbers;

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
        var connection = _connection;
        _connection = null;
        return _release is not null && connection is not null ? _release(connection) : ValueTask.CompletedTask;
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
        return await run(_connection ??= await _connect!(_ct));
    }
}
