using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>
/// SQLite's single writer: a thread that runs all queued work in one transaction, each item in its own savepoint,
/// commits once and then completes their tasks (group commit). Items share one flush to disk.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int MaxBatchSize = 256;

    private readonly BlockingCollection<Work> _queue = [];
    private readonly StatementCachingConnection _connection;
    private readonly TableVersions _versions;
    private readonly RowChangeTracker _rows;
    private readonly DatabaseCache _cache;
    private readonly Thread _thread;
    private readonly List<Work> _batch = [];

    public SqliteWriter(
        StatementCachingConnection connection, TableVersions versions, RowChangeTracker rows, DatabaseCache cache)
    {
        (_connection, _versions, _rows, _cache) = (connection, versions, rows, cache);
        raw.sqlite3_update_hook(connection.Handle, (_, _, _, table, _) => versions.Touch(table.utf8_to_string()), null);
        rows.Watch(connection);
        _thread = new Thread(Run) { Name = "sqlite-writer", IsBackground = true };
        _thread.Start();
    }

    public Task<Outcome<T>> EnqueueAsync<T>(
        Caller caller, TimeProvider clock, Func<Session, Task<Outcome<T>>> work, CancellationToken ct)
    {
        var item = new Work<T>(new Session(_connection, caller, clock, _cache), work, ct);
        _queue.Add(item, CancellationToken.None);
        return item.Task;
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _connection.Dispose();
        _queue.Dispose();
    }

    private void Run()
    {
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            _batch.Clear();
            Exception? outage = null;
            try
            {
                Execute("BEGIN IMMEDIATE");
                var next = first;
                do
                {
                    _batch.Add(next);
                    RunOne(next);
                }
                while (_batch.Count < MaxBatchSize && _queue.TryTake(out next!));

                Execute("COMMIT");
            }
            catch (Exception failure)
            {
                // Nothing of the batch is committed: the file is locked, the disk is full, or the like. Where BEGIN
                // itself failed, the queued items fail too, instead of each waiting for the same timeout.
                outage = failure;
                if (_batch.Count == 0)
                {
                    _batch.Add(first);
                    while (_batch.Count < MaxBatchSize && _queue.TryTake(out var next))
                    {
                        _batch.Add(next);
                    }
                }

                RollBack();
            }

            // After a failure too: a commit that reports an error may still have reached the file.
            _versions.Publish();
            _rows.Publish();
            foreach (var work in _batch)
            {
                work.Complete(outage);
            }
        }
    }

    private void RunOne(Work work)
    {
        Execute("SAVEPOINT work");
        var keep = work.Run();
        if (raw.sqlite3_get_autocommit(_connection.Handle) != 0)
        {
            // On a full disk or an I/O error SQLite rolls back the whole transaction, not only the savepoint.
            throw work.Failure ?? new InvalidOperationException("SQLite ended the transaction by itself.");
        }

        if (!keep)
        {
            Execute("ROLLBACK TO work");
        }

        Execute("RELEASE work");
    }

    private void RollBack()
    {
        try
        {
            if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            {
                Execute("ROLLBACK");
            }
        }
        catch (SqliteException)
        {
            // The batch fails with the first exception.
        }
    }

    private void Execute(string sql)
    {
        using var command = ((System.Data.IDbConnection)_connection).CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private abstract class Work
    {
        public Exception? Failure { get; protected set; }

        /// <summary>True to keep the changes; false to roll back to the savepoint.</summary>
        public abstract bool Run();

        public abstract void Complete(Exception? outage);
    }

    private sealed class Work<T>(Session session, Func<Session, Task<Outcome<T>>> work, CancellationToken ct) : Work
    {
        private readonly TaskCompletionSource<Outcome<T>> _completion =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Outcome<T> _outcome;
        private bool _cancelled;

        public Task<Outcome<T>> Task => _completion.Task;

        public override bool Run()
        {
            if (ct.IsCancellationRequested)
            {
                _cancelled = true;
                return false;
            }

            try
            {
                // Does not block on another thread: SQLite is synchronous.
                _outcome = work(session).GetAwaiter().GetResult();
                return _outcome.Succeeded(out _, out _);
            }
            catch (Exception failure)
            {
                Failure = failure;
                return false;
            }
        }

        public override void Complete(Exception? outage)
        {
            if ((outage ?? Failure) is { } failure)
            {
                _completion.TrySetException(failure);
            }
            else if (_cancelled)
            {
                _completion.TrySetCanceled(ct);
            }
            else
            {
                _completion.TrySetResult(_outcome);
            }
        }
    }
}
