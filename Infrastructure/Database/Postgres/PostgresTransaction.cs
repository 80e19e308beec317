using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Npgsql;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Telemetry;

namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>
/// A transaction in as few round trips as its answers allow: statements that need no answer are sent with the next one
/// that does, BEGIN with the first and COMMIT with the last. Each statement sees what was committed before it;
/// <see cref="WriteLocks"/> order what depends on it. Needs nothing of its connection beyond the transaction, so that a
/// pooler may share it.
/// </summary>
internal sealed class PostgresTransaction(
    PostgresConnections connections, Turns turns, EventNumbers eventNumbers, CancellationToken ct) : IAsyncDisposable
{
    private const string Begin = "BEGIN ISOLATION LEVEL READ COMMITTED";

    // A division by zero ends the transaction, on the server, before the COMMIT behind it.
    private static readonly ConcurrentDictionary<string, string> Required = new(ReferenceEqualityComparer.Instance);

    private readonly BatchingConnection _batches = new();
    private readonly Dictionary<DbBatchCommand, Func<Session, Task<Fault>>> _faults = [];
    private readonly List<WriteLock> _locks = [];
    private readonly Dictionary<WriteLock, NpgsqlBatchCommand> _lockStatements = [];
    private PostgresConnection? _connection;
    private IDisposable? _turn;
    private IDisposable? _writing;
    private bool _nextNeedsNoLock;
    private bool _isOpen;

    /// <summary>True once COMMIT was sent: whether it was done is unknown until it is answered.</summary>
    public bool IsCommitSent { get; private set; }

    public EventNumbers EventNumbers => eventNumbers;

    /// <summary>Runs one statement, after those that are queued.</summary>
    public async Task<T> RunAsync<T>(Func<DbConnection, CancellationToken, Task<T>> statement)
    {
        await LockByDefaultAsync();
        return await SendAsync((connection, stop) => statement(connection, stop));
    }

    /// <summary>Queues a statement whose answer nobody needs.</summary>
    public async Task EnqueueAsync(string sql, object? parameters)
    {
        await LockByDefaultAsync();
        _batches.Enqueue(sql, parameters, hasRows: false);
    }

    /// <summary>Queues a statement that ends the transaction where it affects no row.</summary>
    public async Task RequireAsync(string sql, object parameters, Func<Session, Task<Fault>> otherwise)
    {
        await LockByDefaultAsync();
        var required = Required.GetOrAdd(sql, Require);
        _faults[_batches.Enqueue(required, parameters, hasRows: true)] = otherwise;
    }

    /// <summary>What reads the fault, where a required statement has failed; null for other failures.</summary>
    public Func<Session, Task<Fault>>? FaultOf(PostgresException failure) =>
        failure is { SqlState: PostgresErrorCodes.DivisionByZero, BatchCommand: { } command }
            ? _faults.GetValueOrDefault(command)
            : null;

    /// <summary>
    /// Commits; hands back the rows of <paramref name="last"/>, which is executed at the end. Does nothing where
    /// nothing was executed.
    /// </summary>
    public async Task<List<T>> CommitAsync<T>(string last)
    {
        if (!_isOpen && _batches.IsEmpty)
        {
            return [];
        }

        IsCommitSent = true;
        var rows = await SendAsync(async (connection, stop) =>
        {
            _batches.EnqueueBehind("COMMIT");
            return (await connection.QueryAsync<T>(new CommandDefinition(last, cancellationToken: stop))).AsList();
        });
        _isOpen = false;
        return rows;
    }

    /// <summary>See <see cref="WriteLocks"/>. The statement of <paramref name="wanted"/> has <c>@Code</c>.</summary>
    public async ValueTask LockAsync(WriteLock wanted)
    {
        if (_locks.Exists(held => held.Covers(wanted)))
        {
            return;
        }

        if (!wanted.Shared && _locks.Exists(held => held.Level > wanted.Level
            || (held.Level == wanted.Level && held.Code == wanted.Code)))
        {
            throw new InvalidOperationException($"{wanted.Code} is locked too late: after {_locks[^1]}.");
        }

        // One turn a transaction, so that no two wait for each other; none for one that has a connection already,
        // which the transaction whose turn it is may wait for.
        if (_locks.Count == 0 && !wanted.Shared && _connection is null)
        {
            _turn = await turns.TakeAsync($"{wanted.Level} {wanted.Code}", ct);
        }

        _locks.Add(wanted);
        _lockStatements[wanted] = _batches.Enqueue(wanted.Sql, new { wanted.Code }, hasRows: true);
    }

    /// <summary>
    /// To be called when what <paramref name="code"/> names was found: it may have come to be after the statement that
    /// was to lock it.
    /// </summary>
    /// <exception cref="LockMissedException">So it was; the work is to run again.</exception>
    public void RequireLock(string code)
    {
        foreach (var (wanted, sent) in _lockStatements)
        {
            if (wanted.Code == code && sent is { StatementType: StatementType.Select, Rows: 0 })
            {
                throw new LockMissedException();
            }
        }
    }

    /// <summary>The same for a lock within a shared one; skipped where the whole is locked.</summary>
    public void LockWithin(WriteLock wanted, object parameters)
    {
        if (!_locks.Exists(held => held.Covers(wanted) || !held.Shared))
        {
            _locks.Add(wanted);
            _batches.Enqueue(wanted.Sql, parameters, hasRows: true);
        }
    }

    /// <summary>Locks something that only the next statement is about.</summary>
    public void LockForNext(string sql, object parameters)
    {
        _batches.Enqueue(sql, parameters, hasRows: true);
        _nextNeedsNoLock = true;
    }

    /// <summary>Rolls back what is not committed, and gives the connection back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            if (_isOpen)
            {
                await connection.RollbackAsync();
            }

            await connection.DisposeAsync();
        }

        _writing?.Dispose();
        _writing = null;
        _turn?.Dispose();
        _turn = null;
    }

    private ValueTask LockByDefaultAsync()
    {
        var isFree = _nextNeedsNoLock || _locks.Count > 0;
        _nextNeedsNoLock = false;
        return isFree ? ValueTask.CompletedTask : LockAsync(WriteLocks.Service);
    }

    private async Task<T> SendAsync<T>(Func<DbConnection, CancellationToken, Task<T>> statement)
    {
        if (_connection is null)
        {
            _writing ??= await connections.BeginWritingAsync(ct);
            _connection = await connections.OpenAsync(ct);
        }

        if (!_isOpen)
        {
            _isOpen = true;
            _batches.EnqueueFirst(Begin);
        }

        try
        {
            return await _connection.RunAsync((connection, stop) =>
            {
                _batches.Use(connection);
                return statement(_batches, stop);
            });
        }
        catch (Exception failure) when (failure is not PostgresException refused || FaultOf(refused) is null)
        {
            _batches.FailSpans(failure);
            throw;
        }
        finally
        {
            _batches.EndSpans();
        }
    }

    private static string Require(string sql)
    {
        var required = $"WITH affected AS ({sql} RETURNING 1) SELECT 1 / COUNT(*) FROM affected";
        StatementNames.Add(required, sql);
        return required;
    }
}

/// <summary>The work is to run again: something that it was to lock came to be after that.</summary>
internal sealed class LockMissedException : Exception;
