using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>
/// The one writer that SQLite allows. It takes everything that waits into one transaction, each piece of work in a
/// savepoint of its own, commits once, durably, and only then answers: many writers share one flush to disk.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int MostInOneCommit = 256;

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
        var item = new Work<T>(new Session(_connection, isPostgres: false, caller, clock, _cache), work, ct);
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
                while (_batch.Count < MostInOneCommit && _queue.TryTake(out next!));

                Execute("COMMIT");
            }
            catch (Exception failure)
            {
                // Nothing of this batch was committed: the file is locked, the disk is full, or the like. Where it
                // could not even begin, whoever waits is told so too, instead of waiting as long for the same answer
                // one by one.
                outage = failure;
                if (_batch.Count == 0)
                {
                    _batch.Add(first);
                    while (_batch.Count < MostInOneCommit && _queue.TryTake(out var next))
                    {
                        _batch.Add(next);
                    }
                }

                RollBack();
            }

            // After a failure too: a commit that failed at its very end may have reached the file all the same.
            _versions.Publish();
            _rows.Publish();
            foreach (var work in _batch)
            {
                work.Answer(outage);
            }
        }
    }

    private void RunOne(Work work)
    {
        Execute("SAVEPOINT work");
        var keep = work.Run();
        if (raw.sqlite3_get_autocommit(_connection.Handle) != 0)
        {
            // A full disk or an I/O error makes SQLite roll back the whole transaction, the others' work included.
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
            // The batch is answered with the failure that led here.
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

        /// <summary>True when what it did is to be kept.</summary>
        public abstract bool Run();

        public abstract void Answer(Exception? outage);
    }

    private sealed class Work<T>(Session session, Func<Session, Task<Outcome<T>>> work, CancellationToken ct) : Work
    {
        private readonly TaskCompletionSource<Outcome<T>> _answer =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Outcome<T> _outcome;
        private bool _cancelled;

        public Task<Outcome<T>> Task => _answer.Task;

        public override bool Run()
        {
            if (ct.IsCancellationRequested)
            {
                _cancelled = true;
                return false;
            }

            try
            {
                // SQLite is synchronous under its async methods, so this does not wait for another thread.
                _outcome = work(session).GetAwaiter().GetResult();
                return _outcome.Succeeded(out _, out _);
            }
            catch (Exception failure)
            {
                Failure = failure;
                return false;
            }
        }

        public override void Answer(Exception? outage)
        {
            if ((outage ?? Failure) is { } failure)
            {
                _answer.TrySetException(failure);
            }
            else if (_cancelled)
            {
                _answer.TrySetCanceled(ct);
            }
            else
            {
                _answer.TrySetResult(_outcome);
            }
        }
    }
}
