using System.Diagnostics;
using Dapper;
using Npgsql;
using WorkspaceService.Infrastructure.Database.Caching;

namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>
/// Keeps an instance's cache true on PostgreSQL, where others commit too: reads <c>row_changes</c>, in which the
/// database notes what each transaction has changed. The table is what counts: it is read several times within the
/// longest staleness that is allowed, and the cache is asked only as long as that succeeds. A notification, which
/// carries nothing, makes an instance read at once; it is sent beside the commits, since one within a transaction takes
/// a lock of the whole server.
/// </summary>
/// <param name="connections">For one connection; direct, where notifications are to arrive.</param>
internal sealed class ChangeFeed(
    PostgresConnections connections, DatabaseCache cache, TimeSpan maxStaleness, ILogger? log) : IAsyncDisposable
{
    private const string Channel = "workspace_changes";

    // The source of a row that every reading finds. The table is emptied by a crash of the server and is empty on a
    // promoted standby, which a connection to a pooler survives unnoticed.
    private const string Mark = "";

    // No transaction has this number.
    private const string Future = "CAST('18446744073709551615' AS xid8)";

    // Rings and questions that come meanwhile share the next reading.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan LongestReading = TimeSpan.FromSeconds(5);

    // Rows are kept this long; an instance that has not read for half of it starts with an empty cache.
    private static readonly TimeSpan Retention = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _interval = Min(maxStaleness / 4, TimeSpan.FromSeconds(5));
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _waiting;
    private bool _isWanted;
    private bool _rings;
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Counts what a transaction of this instance has changed, and tells the others.</summary>
    public void Publish(IReadOnlyList<RowChange> changes)
    {
        if (changes.Count > 0)
        {
            cache.Publish(changes);
            _ = Wake(rings: true);
        }
    }

    /// <summary>Waits until every commit before this call counts, or the cache is not asked any more.</summary>
    public Task CatchUpAsync(CancellationToken ct)
    {
        if (!cache.IsFresh)
        {
            return Task.CompletedTask;
        }

        return Wake(rings: false).WaitAsync(maxStaleness, ct)
            .ContinueWith(_ => { }, ct, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _ = Wake(rings: false);
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var isFirst = true;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await FollowAsync();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                cache.Suspend();
                Answer();
                if (!TransientErrors.Includes(failure) || isFirst)
                {
                    log?.LogWarning(
                        "The database is asked for everything until its changes can be read: {Reason}",
                        failure.Message);
                }

                isFirst = false;
                await Task.WhenAny(Task.Delay(Random.Shared.Next(50, 150), _stop.Token));
            }
        }

        cache.Suspend();
        Answer();
    }

    private async Task FollowAsync()
    {
        await using var connection = await connections.OpenUnlimitedAsync(_stop.Token);
        var listens = await ListenAsync(connection);
        cache.Tables = await ListTablesAsync(connection);
        var began = Stopwatch.GetTimestamp();
        var seen = await connection.ExecuteScalarAsync<string>(Sql.Snapshot);
        await connection.ExecuteAsync(Sql.Mark, new { Id = Random.Shared.NextInt64() });
        var mark = await connection.ExecuteScalarAsync<long>(Sql.FindMark);
        cache.Forget();
        cache.FreshUntil(began, maxStaleness);
        var old = (Snapshot: seen, At: began);
        var kept = old;
        while (!_stop.IsCancellationRequested)
        {
            await WaitAsync(connection, listens);
            TaskCompletionSource asked;
            bool rings;
            lock (_lock)
            {
                (asked, rings) = (_wanted, _rings);
                _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
                (_isWanted, _rings) = (false, false);
            }

            try
            {
                var last = began;
                began = Stopwatch.GetTimestamp();
                var rows = await ReadAsync(connection, seen!, rings);
                if (!rows.Exists(row => row.Source == Mark && row.Id == mark))
                {
                    throw new InvalidOperationException("The database has lost what its changes were.");
                }

                if (Stopwatch.GetElapsedTime(last, began) > Retention / 2)
                {
                    cache.Forget();
                }

                cache.Publish([.. rows.Where(row => row.Source is not (null or Mark))]);
                seen = rows[0].Snapshot;
                cache.FreshUntil(began, maxStaleness);
            }
            catch
            {
                // Before those who wait are answered.
                cache.Suspend();
                throw;
            }
            finally
            {
                asked.TrySetResult();
            }

            if (Stopwatch.GetElapsedTime(kept.At) > Retention)
            {
                await connection.ExecuteAsync(Sql.DeleteOld, new { old.Snapshot });
                (old, kept) = (kept, (seen, began));
            }
        }
    }

    // Through a pooler nothing can be listened to: its connections are others' too.
    private static async Task<bool> ListenAsync(NpgsqlConnection connection)
    {
        if (await connection.ExecuteScalarAsync<int>(Sql.Backend) != connection.ProcessID)
        {
            return false;
        }

        await connection.ExecuteAsync($"LISTEN {Channel}");
        return true;
    }

    private static async Task<Dictionary<string, string[]>> ListTablesAsync(NpgsqlConnection connection)
    {
        var rows = await connection.QueryAsync<(string Name, string Type, string? Sql)>(Sql.ListTables);
        return DatabaseCache.TablesBehind(rows);
    }

    private static async Task<List<RowChange>> ReadAsync(NpgsqlConnection connection, string seen, bool rings)
    {
        var reading = connection.QueryAsync<RowChange>(rings ? Sql.ReadAndNotify : Sql.Read, new { Seen = seen });
        return (await reading.WaitAsync(LongestReading)).AsList();
    }

    // Until something is to be read, or long enough.
    private async Task WaitAsync(NpgsqlConnection connection, bool listens)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        lock (_lock)
        {
            if (_isWanted)
            {
                waiting.Cancel();
            }

            _waiting = waiting;
        }

        try
        {
            if (!waiting.IsCancellationRequested)
            {
                await (listens ? connection.WaitAsync(_interval, waiting.Token) : Task.Delay(_interval, waiting.Token));
            }
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            // Woken.
        }
        finally
        {
            lock (_lock)
            {
                _waiting = null;
            }
        }

        await Task.Delay(Pause, _stop.Token);
    }

    private Task Wake(bool rings)
    {
        lock (_lock)
        {
            _isWanted = true;
            _rings |= rings;
            _ = _waiting?.CancelAsync();
            return _wanted.Task;
        }
    }

    private void Answer()
    {
        lock (_lock)
        {
            _wanted.TrySetResult();
            _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static class Sql
    {
        public const string Backend = "SELECT pg_backend_pid()";

        public const string Snapshot = "SELECT CAST(pg_current_snapshot() AS TEXT)";

        public const string Mark = $"""
            INSERT INTO row_changes (xid, source, id, user_id) SELECT {Future}, '', @Id, 0
            WHERE NOT EXISTS (SELECT 1 FROM row_changes WHERE xid = {Future})
            """;

        public const string FindMark = $"SELECT MIN(id) FROM row_changes WHERE xid = {Future}";

        // One row at least. A transaction that was running then is read when it has committed.
        public const string Read = $"SELECT {Changes}";

        // Own changes are read too, which does no harm.
        public const string ReadAndNotify = $"SELECT pg_notify('{Channel}', ''), {Changes}";

        // What every instance has read, or has started anew without.
        public const string DeleteOld =
            "DELETE FROM row_changes WHERE xid < pg_snapshot_xmin(CAST(@Snapshot AS pg_snapshot))";

        // Tables whose changes are not noted have the type 'unwatched'.
        public const string ListTables = """
            SELECT CAST(c.relname AS TEXT),
                   CASE WHEN c.relkind = 'v' THEN 'view'
                        WHEN EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname LIKE 'note\_%')
                            THEN 'table'
                        ELSE 'unwatched' END,
                   CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END
            FROM pg_class c
            WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relkind IN ('r', 'v')
            ORDER BY c.oid
            """;

        private const string Changes = """
            CAST(pg_current_snapshot() AS TEXT) AS snapshot, c.source, c.id, c.user_id
            FROM (SELECT 1) AS always
            LEFT JOIN row_changes c
                   ON c.xid >= pg_snapshot_xmin(CAST(@Seen AS pg_snapshot))
                  AND NOT pg_visible_in_snapshot(c.xid, CAST(@Seen AS pg_snapshot))
            """;
    }
}
