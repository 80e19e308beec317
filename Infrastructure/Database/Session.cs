using System.Data.Common;
using Dapper;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// A connection for one piece of work, with Dapper on it. Inside <see cref="ConnectionFactory.TransactAsync"/> everything
/// it does is one transaction; one from <see cref="ConnectionFactory.OpenAsync"/> only reads.
/// </summary>
public sealed class Session : IAsyncDisposable
{
    private readonly DbConnection _connection;
    private readonly Func<DbConnection, ValueTask>? _release;
    private readonly DatabaseCache? _memory;
    private readonly StatementCounter? _count = StatementCounter.Current;

    internal Session(
        DbConnection connection, bool isPostgres, Caller? caller, Func<DbConnection, ValueTask>? release, DatabaseCache? memory = null) =>
        (_connection, IsPostgres, Writer, _release, _memory) = (connection, isPostgres, caller, release, memory);

    /// <summary>Only to choose one of a pair of statements; the service has three such pairs at most.</summary>
    public bool IsPostgres { get; }

    /// <summary>True where numbers are handed out in the order of commits, because there is one writer at a time.</summary>
    public bool CommitsInOrder => !IsPostgres;

    /// <summary>Who writes in this transaction, and in which request; null where it only reads.</summary>
    public Caller? Writer { get; }

    /// <summary>How callers stand to workspaces; null where it is not remembered.</summary>
    internal RowCache<object, WorkspaceAccess>? Scopes => _memory?.Scopes;

    // SQLite works on the calling thread whatever it is asked by, so it is asked without the detour over tasks.

    /// <summary>The number of rows that a statement touched.</summary>
    public Task<int> ExecuteAsync(string sql, object? parameters = null) =>
        IsPostgres ? Counted().ExecuteAsync(sql, parameters) : Task.FromResult(Counted().Execute(sql, parameters));

    /// <summary>The first row, or null.</summary>
    public Task<T?> FindAsync<T>(string sql, object? parameters = null) where T : class =>
        IsPostgres ? Counted().QueryFirstOrDefaultAsync<T>(sql, parameters) : Task.FromResult(Counted().QueryFirstOrDefault<T>(sql, parameters));

    /// <summary>
    /// The first row, or null, for a question that is asked again and again: it may be answered from memory, but never with
    /// less than what is committed. <paramref name="parameters"/> must be equal by value and the row immutable.
    /// </summary>
    public ValueTask<T?> FindCachedAsync<T>(string sql, object parameters) where T : class =>
        _memory is null || Writer is not null ? new(FindAsync<T>(sql, parameters)) : _memory.Rows.GetAsync(sql, parameters, FindAsync<T>);

    /// <summary>
    /// The same where it is known which rows the answer is read from, so that it outlasts changes of other rows; inside a
    /// transaction too.
    /// </summary>
    public async ValueTask<T?> FindCachedAsync<T>(RowCache<object, T>? memory, string sql, object parameters) where T : class
    {
        var writing = Writer is not null;
        if (memory?.Recall(parameters, writing) is { } known)
        {
            return known;
        }

        var commit = memory?.Commit ?? 0;
        var found = await FindAsync<T>(sql, parameters);
        if (found is not null)
        {
            memory?.Remember(parameters, found, commit, writing);
        }

        return found;
    }

    /// <summary>The same for all rows, such as a page of a list. The list is not the caller's to change.</summary>
    public ValueTask<List<T>> ListCachedAsync<T>(string sql, object parameters) =>
        _memory is null || Writer is not null ? new(ListAsync<T>(sql, parameters)) : _memory.Lists.GetAsync(sql, parameters, ListAsync<T>);

    /// <summary>The first column of the first row; <c>default</c> without one.</summary>
    public async Task<T> ScalarAsync<T>(string sql, object? parameters = null) =>
        (IsPostgres ? await Counted().ExecuteScalarAsync<T>(sql, parameters) : Counted().ExecuteScalar<T>(sql, parameters))!;

    public async Task<List<T>> ListAsync<T>(string sql, object? parameters = null) =>
        (IsPostgres ? await Counted().QueryAsync<T>(sql, parameters) : Counted().Query<T>(sql, parameters)).AsList();

    public ValueTask DisposeAsync() => _release?.Invoke(_connection) ?? ValueTask.CompletedTask;

    private DbConnection Counted()
    {
        _count?.Add();
        return _connection;
    }
}
