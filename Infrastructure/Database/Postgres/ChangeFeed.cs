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
    PostgresConnections connections, DatabaseCache cache, CommitSignal commits, TimeSpan maxStaleness, ILogger? log)
    : IAsyncDisposable
{
    private const string Channel = "workspace_changes";

    // The source of a row that every reading finds, of a transaction that there is not: the table is emptied by a crash
    // of the server and is empty on a promoted standby, which a connection to a pooler survives unnoticed.
    private const string Mark = "";

    private const string MarksTransaction = "CAST('18446744073709551615' AS xid8)";

    private const string Changes = """
        CAST(pg_current_snapshot() AS TEXT) AS snapshot, c.source, c.id, c.user_id
        FROM (
            SELECT source, id, user_id FROM row_changes WHERE xid >= pg_snapshot_xmax(CAST(@Seen AS pg_snapshot))
            UNION ALL
            SELECT source, id, user_id FROM row_changes
            WHERE xid = ANY(ARRAY(SELECT pg_snapshot_xip(CAST(@Seen AS pg_snapshot))))) c
        """;

    // What rings or asks meanwhile shares the next statement.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    private static readonly TimeSpan LongestStatement = TimeSpan.FromSeconds(5);

    // Rows are kept for a minute; an instance that has not read for this long starts with an empty cache.
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly TimeSpan _interval = Min(maxStaleness / 4, TimeSpan.FromSeconds(5));
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _waiting;
    private bool _isAsked;
    private bool _isRung;
    private bool _rings;
    private bool _isNews = true;
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Counts what a transaction of this instance has changed, and tells the others.</summary>
    /// <param name="isAnnounced">True where they are told though nothing that is cached has changed.</param>
    public void Publish(IReadOnlyList<RowChange> changes, bool isAnnounced)
    {
        if (changes.Count > 0)
        {
            cache.Publish(changes);
        }

        if (changes.Count > 0 || isAnnounced)
        {
            Ring();
        }
    }

    /// <summary>Waits until every commit before this call counts, or the cache is not asked any more.</summary>
    public Task CatchUpAsync(CancellationToken ct)
    {
        if (!cache.IsFresh)
        {
            return Task.CompletedTask;
        }

        return Ask().WaitAsync(maxStaleness, ct)
            .ContinueWith(_ => { }, ct, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>
    /// Deletes the changes that were there at <paramref name="seen"/>, which every instance has read since then, or
    /// starts anew without. Hands back the state for the next call, a minute later.
    /// </summary>
    public static async Task<string> PurgeAsync(PostgresConnections connections, string? seen, CancellationToken ct)
    {
        await using var connection = await connections.OpenAsync(ct);
        var now = await connection.RunAsync((inner, stop) =>
            inner.ExecuteScalarAsync<string>(new CommandDefinition(Sql.Snapshot, cancellationToken: stop)));
        while (seen is not null && await connection.RunAsync((inner, stop) => inner.ExecuteAsync(
            new CommandDefinition(Sql.DeleteRead, new { Seen = seen }, cancellationToken: stop))) > 0)
        {
        }

        return now!;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
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
                Suspend();
                if (_isNews || !TransientErrors.Includes(failure))
                {
                    log?.LogWarning(
                        "The database is asked for everything until its changes can be read: {Reason}",
                        failure.Message);
                }

                _isNews = false;
                await Task.WhenAny(Task.Delay(Random.Shared.Next(50, 150), _stop.Token));
            }
        }

        Suspend();
    }

    private async Task FollowAsync()
    {
        var connection = await connections.OpenUnlimitedAsync(_stop.Token);
        try
        {
            await FollowAsync(connection);
        }
        finally
        {
            // Not waited for: what was not answered may never be.
            _ = connection.DisposeAsync().AsTask();
        }
    }

    private async Task FollowAsync(NpgsqlConnection connection)
    {
        connection.Notification += (_, heard) =>
        {
            if (heard.PID != connection.ProcessID)
            {
                _isRung = true;
                commits.Raise();
            }
        };
        var listens = await ListenAsync(connection);
        cache.Tables = DatabaseCache.TablesBehind(
            await QueryAsync<(string Name, string Type, string? Sql)>(connection, Sql.ListTables));
        var began = Stopwatch.GetTimestamp();
        var seen = (await QueryAsync<string>(connection, Sql.Snapshot))[0];
        await QueryAsync<long>(connection, Sql.DeleteForeign);
        await QueryAsync<long>(connection, Sql.Mark, new { Id = Random.Shared.NextInt64() });
        var mark = (await QueryAsync<long>(connection, Sql.FindMark))[0];
        cache.Forget();
        cache.FreshUntil(began, maxStaleness);
        _isNews = true;
        while (!_stop.IsCancellationRequested)
        {
            await WaitAsync(connection, listens, _interval - Stopwatch.GetElapsedTime(began));
            if (TakeWork(isDue: Stopwatch.GetElapsedTime(began) + Shortest >= _interval, out var asked, out var rings))
            {
                var last = began;
                began = Stopwatch.GetTimestamp();
                try
                {
                    seen = await ReadAsync(connection, seen, mark, rings, Stopwatch.GetElapsedTime(last, began));
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
            }
            else if (rings)
            {
                await QueryAsync<string>(connection, Sql.Notify);
            }
        }
    }

    // True where the changes are to be read: somebody asks, another instance has rung, or it is time.
    private bool TakeWork(bool isDue, out TaskCompletionSource asked, out bool rings)
    {
        lock (_lock)
        {
            (asked, rings) = (_asked, _rings);
            _rings = false;
            if (!isDue && !_isAsked && !_isRung)
            {
                return false;
            }

            (_isAsked, _isRung) = (false, false);
            _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    // Hands back the state of the database that everything counts of then.
    private async Task<string> ReadAsync(
        NpgsqlConnection connection, string seen, long mark, bool rings, TimeSpan sinceLast)
    {
        var sql = rings ? Sql.ReadAndNotify : Sql.Read;
        var rows = await QueryAsync<RowChange>(connection, sql, new { Seen = seen });
        if (!rows.Exists(row => row.Source == Mark && row.Id == mark))
        {
            throw new InvalidOperationException("The database has lost what its changes were.");
        }

        if (sinceLast > LongestGap)
        {
            cache.Forget();
        }

        cache.Publish([.. rows.Where(row => row.Source != Mark)]);
        return rows[0].Snapshot!;
    }

    // Through a pooler nothing can be listened to: its connections are others' too.
    private static async Task<bool> ListenAsync(NpgsqlConnection connection)
    {
        if ((await QueryAsync<int>(connection, Sql.Backend))[0] != connection.ProcessID)
        {
            return false;
        }

        await connection.ExecuteAsync($"LISTEN {Channel}").WaitAsync(LongestStatement);
        return true;
    }

    private static async Task<List<T>> QueryAsync<T>(
        NpgsqlConnection connection, string sql, object? parameters = null) =>
        (await connection.QueryAsync<T>(sql, parameters).WaitAsync(LongestStatement)).AsList();

    // Until there is something to do, or until it is time to read.
    private async Task WaitAsync(NpgsqlConnection connection, bool listens, TimeSpan longest)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        lock (_lock)
        {
            if (!_isAsked && !_isRung && !_rings && longest > Shortest)
            {
                _waiting = waiting;
            }
        }

        try
        {
            if (_waiting is not null)
            {
                await (listens ? connection.WaitAsync(longest, waiting.Token) : Task.Delay(longest, waiting.Token));
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

    private Task Ask()
    {
        lock (_lock)
        {
            _isAsked = true;
            _ = _waiting?.CancelAsync();
            return _asked.Task;
        }
    }

    private void Ring()
    {
        lock (_lock)
        {
            _rings = true;
            _ = _waiting?.CancelAsync();
        }
    }

    // Nobody waits for what cannot be read.
    private void Suspend()
    {
        cache.Suspend();
        lock (_lock)
        {
            _asked.TrySetResult();
            _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static class Sql
    {
        public const string Backend = "SELECT pg_backend_pid()";

        public const string Snapshot = "SELECT CAST(pg_current_snapshot() AS TEXT)";

        public const string Mark = $"""
            INSERT INTO row_changes (xid, source, id, user_id) SELECT {MarksTransaction}, '', @Id, 0
            WHERE NOT EXISTS (SELECT 1 FROM row_changes WHERE xid = {MarksTransaction})
            """;

        // What a dump brought along from another server, whose transactions were further.
        public const string DeleteForeign = $"""
            DELETE FROM row_changes
            WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()) AND xid <> {MarksTransaction}
            """;

        public const string FindMark = $"SELECT MIN(id) FROM row_changes WHERE xid = {MarksTransaction}";

        // The mark at least. What was not visible then is of transactions that were running or had not begun.
        public const string Read = $"SELECT {Changes}";

        public const string Notify = $"SELECT CAST(pg_notify('{Channel}', '') AS TEXT)";

        // Own changes are read too, which does no harm.
        public const string ReadAndNotify = $"SELECT pg_notify('{Channel}', ''), {Changes}";

        public const string DeleteRead = """
            DELETE FROM row_changes
            WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM row_changes
                WHERE xid < pg_snapshot_xmax(CAST(@Seen AS pg_snapshot))
                  AND pg_visible_in_snapshot(xid, CAST(@Seen AS pg_snapshot))
                LIMIT 10000))
            """;

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
    }
}
