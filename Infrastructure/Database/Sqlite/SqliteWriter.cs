using Microsoft.Data.Sqlite;
using SQLitePCL;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Telemetry;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>
/// SQLite's single writer: a thread that runs all queued work in one transaction, commits once and then completes their
/// tasks (group commit). Items share one flush to disk, and nothing else: one that fails undoes its own changes only.
/// </summary>
/// <remarks>
/// A savepoint for each item costs a fifth of its time, and few items fail after they have written. So a batch runs
/// without; where one has to be undone, the batch is rolled back and runs again, each item in its savepoint, and so do
/// the next batches.
/// </remarks>
internal sealed class SqliteWriter : IDisposable
{
    private const int BatchesWithSavepoints = 32;

    private readonly StatementCachingConnection _connection;
    private readonly FileGuard _guard;
    private readonly TableVersions _versions;
    private readonly RowChangeTracker _rows;
    private readonly DatabaseCache? _cache;
    private readonly CommitSignal _commits;
    private readonly SqliteNumbers _numbers;
    private readonly SqliteEvents _events;
    private readonly Thread _thread;
    private readonly object _gate = new(); // for the queue
    private List<Work> _queue = [];
    private bool _isComplete;
    private List<Work> _batch = [];
    private int _batchesWithSavepoints;

    public SqliteWriter(
        StatementCachingConnection connection,
        FileGuard guard,
        TableVersions versions,
        RowChangeTracker rows,
        DatabaseCache? cache,
        CommitSignal commits)
    {
        (_connection, _guard) = (connection, guard);
        (_versions, _rows, _cache, _commits) = (versions, rows, cache, commits);
        _numbers = new SqliteNumbers(connection);
        _events = connection.Appended = new SqliteEvents(connection);
        raw.sqlite3_update_hook(connection.Handle, (_, _, _, table, _) => versions.Touch(table.utf8_to_string()), null);
        rows.Watch(connection);
        _thread = new Thread(Run) { Name = "sqlite-writer", IsBackground = true };
        _thread.UnsafeStart(); // outside the trace of whoever asks first
    }

    public Task<Outcome<T>> EnqueueAsync<T>(
        Caller caller, TimeProvider clock, Func<Session, Task<Outcome<T>>> work, CancellationToken ct)
    {
        var item = new Work<T>(new Session(_connection, _numbers, _events, caller, clock, _cache), work, ct);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isComplete, this);
            _queue.Add(item);
            Monitor.Pulse(_gate);
        }

        return item.Task;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isComplete = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        _events.Dispose();
        _connection.Dispose();
    }

    private void Run()
    {
        while (TakeBatch())
        {
            Exception? outage = null;
            var hasBegun = false;
            try
            {
                Execute("BEGIN IMMEDIATE");
                hasBegun = true;
                RunBatch();
                _events.Insert();
                _numbers.Save();
                _guard.RequireInPlace();
                Commit();
                _numbers.Saved();
                _events.Saved();
                _batchesWithSavepoints = Math.Max(0, _batchesWithSavepoints - 1);
            }
            catch (Exception failure)
            {
                // Nothing of the batch is committed: the file is locked or gone, the disk is full, or the like. Where
                // BEGIN itself failed, what was queued meanwhile fails too, instead of waiting for the same timeout.
                outage = failure;
                if (!hasBegun)
                {
                    TakeRest();
                }

                RollBack();
                _events.ForgetAll();
            }

            // After a failure too: a commit that reports an error may still have reached the file.
            _versions.Publish();
            _rows.Publish();
            if (_batch.Exists(work => work.IsAnnounced))
            {
                _commits.Raise();
            }

            _batch.ForEach(work => work.Complete(outage));
            _batch.Clear();
        }
    }

    /// <summary>Waits for work and takes all that is queued; false after the last.</summary>
    private bool TakeBatch()
    {
        lock (_gate)
        {
            while (_queue.Count == 0 && !_isComplete)
            {
                Monitor.Wait(_gate);
            }

            (_queue, _batch) = (_batch, _queue);
        }

        _batch.ForEach(work => work.Queued?.End());
        return _batch.Count > 0;
    }

    private void TakeRest()
    {
        lock (_gate)
        {
            _queue.ForEach(work => work.Queued?.End());
            _batch.AddRange(_queue);
            _queue.Clear();
        }
    }

    private void Commit()
    {
        var isTraced = Spans.Source.HasListeners();
        var start = isTraced ? DateTime.UtcNow : default;
        Execute("COMMIT");
        Instruments.Committed(_batch.Count);
        if (isTraced)
        {
            var end = DateTime.UtcNow;
            foreach (var work in _batch.Where(work => work.IsKept))
            {
                work.Queued?.Commit(start, end, _batch.Count);
            }
        }
    }

    private void RunBatch()
    {
        if (_batchesWithSavepoints == 0)
        {
            if (_batch.TrueForAll(RunAndKeep))
            {
                return;
            }

            Execute("ROLLBACK");
            _events.ForgetAfter(0);
            Execute("BEGIN IMMEDIATE");
            if (_batch.Count == 1)
            {
                return;
            }

            _batchesWithSavepoints = BatchesWithSavepoints;
        }

        _batch.ForEach(RunInSavepoint);
    }

    /// <summary>False where the item has to be undone.</summary>
    private bool RunAndKeep(Work work)
    {
        var changes = raw.sqlite3_total_changes(_connection.Handle);
        var appended = _events.Count;
        if (Run(work))
        {
            return true;
        }

        _events.ForgetAfter(appended);
        return raw.sqlite3_total_changes(_connection.Handle) == changes;
    }

    private void RunInSavepoint(Work work)
    {
        Execute("SAVEPOINT work");
        var appended = _events.Count;
        if (!Run(work))
        {
            Execute("ROLLBACK TO work");
            _events.ForgetAfter(appended);
        }

        // Not later: a statement of the next item may insert them, and would undo them with itself.
        _events.Insert();

        Execute("RELEASE work");
    }

    private bool Run(Work work)
    {
        var keep = work.Run();
        if (raw.sqlite3_get_autocommit(_connection.Handle) != 0)
        {
            // On a full disk or an I/O error SQLite rolls back the whole transaction, not only the item.
            throw work.Failure ?? new InvalidOperationException("SQLite ended the transaction by itself.");
        }

        return keep;
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
        public QueuedWrite? Queued { get; } = QueuedWrite.Begin();

        public Exception? Failure { get; protected set; }

        public abstract bool IsAnnounced { get; }

        /// <summary>True where its changes were not undone.</summary>
        public abstract bool IsKept { get; }

        /// <summary>True to keep the changes; false to undo them. May be called again after they are undone.</summary>
        public abstract bool Run();

        public abstract void Complete(Exception? outage);
    }

    private sealed class Work<T>(Session session, Func<Session, Task<Outcome<T>>> work, CancellationToken ct) : Work
    {
        private readonly TaskCompletionSource<Outcome<T>> _completion =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Outcome<T> _outcome;
        private bool _cancelled;

        public override bool IsAnnounced => session.IsAnnounced;

        public Task<Outcome<T>> Task => _completion.Task;

        public override bool IsKept => Failure is null && !_cancelled && _outcome.Succeeded(out _, out _);

        public override bool Run()
        {
            (Failure, _cancelled) = (null, ct.IsCancellationRequested);
            if (_cancelled)
            {
                return false;
            }

            try
            {
                Queued?.Enter();
                // Does not block on another thread: SQLite is synchronous.
                _outcome = RunAsync().GetAwaiter().GetResult();
                return _outcome.Succeeded(out _, out _);
            }
            catch (Exception failure)
            {
                Failure = failure;
                return false;
            }
            finally
            {
                if (Queued is not null)
                {
                    QueuedWrite.Leave();
                }
            }
        }

        private async Task<Outcome<T>> RunAsync()
        {
            try
            {
                return await work(session);
            }
            catch (RefusedException refused)
            {
                return await refused.Otherwise(session);
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
