using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Maintenance;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Opens sessions on the configured database: read-only ones with <see cref="Open"/>, transactions with
/// <see cref="TransactAsync"/>.
/// </summary>
public sealed class ConnectionFactory : IAsyncDisposable
{
    private const int MaxUniqueViolations = 7;

    /// <summary>How long commits of other instances may go unseen, where the configuration does not say.</summary>
    public static readonly TimeSpan DefaultMaxStaleness = TimeSpan.FromSeconds(1);

    // For the writer's compiled statements and the values bound to them: half a megabyte. SQLite has 40 by default.
    private const int WriterSlots = 400;
    private const int SlotBytes = 1200;

    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(10);

    // SQLite statements run on the calling thread, so the processors bound how many readers are used at a time, but for
    // bursts.
    private static readonly int MaxIdleReaders = Math.Max(8, 2 * Environment.ProcessorCount);

    static ConnectionFactory()
    {
        DapperConventions.Apply();

        // A connection is used by one thread at a time, so SQLite's per-connection mutexes are off; memory statistics,
        // which take a global lock, too.
        Batteries_V2.Init();
        raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
    }

    private readonly PostgresConnections? _postgres;
    private readonly string _sqlite = "";
    private readonly string _sqliteOrNew = "";
    private readonly ConcurrentBag<DbConnection> _readers = [];
    private readonly Turns _turns = new();
    private readonly EventNumbers _eventNumbers = new();
    private int _idleReaders;
    private readonly Lazy<FileGuard>? _guard;
    private readonly Lazy<SqliteWriter>? _writer;
    private readonly DatabaseCache? _cache;
    private readonly PostgresConnections? _notifications;
    private readonly ChangeFeed? _feed;
    private readonly Leases? _leases;
    private string? _purgeable;
    private TimeProvider _clock;
    private FileStream? _fileLock;

    /// <param name="connectionString">
    /// <c>Data Source=…</c> for SQLite, <c>Host=…</c> for PostgreSQL; anything else is an
    /// <see cref="ArgumentException"/>.
    /// </param>
    /// <param name="maxStaleness">How long a cached answer may be older than the database; zero is no cache.</param>
    /// <param name="notifications">
    /// A direct connection to PostgreSQL, where the other goes through a pooler; null for the same.
    /// </param>
    public ConnectionFactory(
        string connectionString,
        TimeProvider clock,
        TimeSpan? maxStaleness = null,
        string? notifications = null,
        ILogger<ConnectionFactory>? log = null)
    {
        _clock = clock;
        var longest = maxStaleness ?? DefaultMaxStaleness;
        var versions = new TableVersions();
        var changes = new RowChangeTracker();
        if (connectionString.Contains("Host=", StringComparison.OrdinalIgnoreCase))
        {
            _postgres = new PostgresConnections(connectionString);
            _leases = new(_postgres);
            if (longest > TimeSpan.Zero)
            {
                _notifications = notifications is null ? null : new PostgresConnections(notifications);
                _cache = new(versions, changes, isAlwaysFresh: false);
                _feed = new(_notifications ?? _postgres, _cache, Commits, longest, log);
            }

            return;
        }

        var sqlite = new SqliteConnectionStringBuilder(connectionString)
        {
            ForeignKeys = true,
            DefaultTimeout = 5,
            Pooling = false,
        };
        if (sqlite.DataSource.Length == 0)
        {
            throw new ArgumentException("It names neither a file (Data Source=…) nor a PostgreSQL host (Host=…).");
        }

        _sqliteOrNew = sqlite.ToString();
        DataFile = sqlite.DataSource;
        if (sqlite.Mode == SqliteOpenMode.ReadWriteCreate)
        {
            sqlite.Mode = SqliteOpenMode.ReadWrite;
        }

        _sqlite = sqlite.ToString();
        _cache = longest > TimeSpan.Zero ? new(versions, changes, isAlwaysFresh: true) : null;
        _guard = new(() => new FileGuard(OpenSqlite()));
        _writer = new(() => new SqliteWriter(
            OpenSqlite(WriterSlots), _guard.Value, versions, changes, _cache, Commits));
    }

    public bool IsPostgres => _postgres is not null;

    /// <summary>Tells of commits, also of other instances.</summary>
    public CommitSignal Commits { get; } = new();

    /// <summary>SQLite readers that are open and not in use; 0 on PostgreSQL.</summary>
    internal int IdleReaders => _readers.Count;

    /// <summary>The SQLite file; null on PostgreSQL.</summary>
    public string? DataFile { get; }

    /// <summary>
    /// A read-only session for <paramref name="caller"/>, null for internal reads. Dispose it as soon as the rows are
    /// read.
    /// </summary>
    public Session Open(Caller? caller = null, CancellationToken ct = default) =>
        _postgres is null
            ? new(TakeReader, GiveBackReader, caller, _clock, _cache)
            : new(_postgres, caller, _clock, _cache, ct);

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction; commits unless it throws or returns a fault. The task completes
    /// after the commit is durable. SQLite runs one after the other, on PostgreSQL <see cref="WriteLocks"/> order them.
    /// Work may be retried, so it must have no effect outside the database.
    /// </summary>
    public Task<Outcome<T>> TransactAsync<T>(
        Caller caller, Func<Session, Task<Outcome<T>>> work, CancellationToken ct = default) =>
        _writer is null
            ? OnPostgresAsync(caller, work, ct)
            : _writer.Value.EnqueueAsync(caller, _clock, work, ct);

    /// <summary>
    /// Runs one statement by itself, without the locks of transactions on PostgreSQL. For deleting rows that count no
    /// more. Hands back the number of affected rows.
    /// </summary>
    public async Task<int> CleanUpAsync(string sql, object parameters, CancellationToken ct = default)
    {
        if (_postgres is not null)
        {
            await using var connection = await _postgres.OpenAsync(ct);
            return await connection.RunAsync(
                (c, stop) => c.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: stop)));
        }

        var outcome = await TransactAsync<int>(
            RootKey.Caller, async session => await session.ExecuteAsync(sql, parameters), ct);
        return outcome.Match(count => count, _ => 0);
    }

    /// <summary>The same database with another clock. Shares its connections: do not dispose it.</summary>
    public ConnectionFactory At(TimeProvider clock)
    {
        var other = (ConnectionFactory)MemberwiseClone();
        other._clock = clock;
        return other;
    }

    public async ValueTask DisposeAsync()
    {
        if (_writer is { IsValueCreated: true })
        {
            _writer.Value.Dispose();
            _guard!.Value.Dispose();
        }

        while (_readers.TryTake(out var reader))
        {
            await reader.DisposeAsync();
        }

        if (_feed is not null)
        {
            await _feed.DisposeAsync();
        }

        if (_notifications is not null)
        {
            await _notifications.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        if (_fileLock is not null)
        {
            await _fileLock.DisposeAsync();
        }
    }

    /// <summary>
    /// Locks <c>FILE.lock</c>, so that no other process writes the SQLite file: the caches require a single writer.
    /// Waits up to 10 s for a process that is shutting down.
    /// </summary>
    /// <exception cref="IOException">Another process holds the lock.</exception>
    internal async Task LockFileAsync(CancellationToken ct)
    {
        for (var start = _clock.GetTimestamp(); DataFile is { } file && _fileLock is null;)
        {
            try
            {
                _fileLock = SqliteFile.Lock(file);
            }
            catch (IOException) when (File.Exists($"{file}.lock"))
            {
                if (_clock.GetElapsedTime(start) > WaitLimit)
                {
                    throw new IOException($"another process uses {file}; give each its own file, or use PostgreSQL.");
                }

                await Task.Delay(100, ct);
            }
        }
    }

    /// <summary>
    /// Opens the SQLite writer, so that a read-only file fails the start, or starts to follow the changes of other
    /// instances on PostgreSQL. Requires the migrated schema.
    /// </summary>
    internal void Start()
    {
        if (_cache is not null && _postgres is null)
        {
            _cache.Tables = ListTables();
        }

        _ = _writer?.Value;
        _feed?.Start();
    }

    /// <summary>
    /// True where this instance may do work that one instance does at a time, for <paramref name="length"/> from now
    /// on. Take it again well before that. On SQLite there is one instance.
    /// </summary>
    public Task<bool> TakeLeaseAsync(string name, TimeSpan length, CancellationToken ct) =>
        _leases?.TakeAsync(name, length, ct) ?? Task.FromResult(true);

    /// <summary>Lets another instance go on with the work at once.</summary>
    public Task GiveLeaseBackAsync(string name, CancellationToken ct) =>
        _leases?.GiveBackAsync(name, ct) ?? Task.CompletedTask;

    /// <summary>
    /// Deletes what <c>row_changes</c> had before the last call: call it in one instance, once a minute. Does nothing
    /// on SQLite.
    /// </summary>
    internal async Task PurgeChangesAsync(CancellationToken ct)
    {
        if (_postgres is not null)
        {
            _purgeable = await ChangeFeed.PurgeAsync(_postgres, _purgeable, ct);
        }
    }

    /// <summary>Waits until every commit before this call counts in what is read.</summary>
    public Task CatchUpAsync(CancellationToken ct) => _feed?.CatchUpAsync(ct) ?? Task.CompletedTask;

    /// <summary>A new connection, for migrations. A SQLite file that is missing is created.</summary>
    internal async Task<DbConnection> ConnectAsync(CancellationToken ct) =>
        _postgres is null ? OpenSqlite(creates: true) : await _postgres.OpenUnlimitedAsync(ct);

    /// <summary>
    /// Throws where the SQLite file was deleted or replaced since the start: see <see cref="FileGuard"/>.
    /// </summary>
    internal void RequireFileInPlace()
    {
        if (_guard is { IsValueCreated: true })
        {
            _guard.Value.RequireInPlace();
        }
    }

    private DbConnection TakeReader()
    {
        if (!_readers.TryTake(out var reader))
        {
            // Opening another file that has taken the place would change it.
            RequireFileInPlace();
            return OpenSqlite();
        }

        Interlocked.Decrement(ref _idleReaders);
        return reader;
    }

    // Closes what a burst has opened beyond the readers that are kept.
    private ValueTask GiveBackReader(DbConnection reader)
    {
        if (Interlocked.Increment(ref _idleReaders) > MaxIdleReaders)
        {
            Interlocked.Decrement(ref _idleReaders);
            return reader.DisposeAsync();
        }

        _readers.Add(reader);
        return ValueTask.CompletedTask;
    }

    private async Task<Outcome<T>> OnPostgresAsync<T>(
        Caller caller, Func<Session, Task<Outcome<T>>> work, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        var uniqueViolations = 0;
        for (var attempt = 1; ; attempt++)
        {
            await using var transaction = new PostgresTransaction(_postgres!, _turns, _eventNumbers, ct);
            try
            {
                var session = new Session(transaction, caller, _clock);
                var outcome = await work(session);
                if (outcome.Succeeded(out _, out _))
                {
                    var changes = await transaction.CommitAsync<RowChange>(Sql.ListOwnChangesPostgres);
                    _feed?.Publish(changes, session.IsAnnounced);
                    if (session.IsAnnounced)
                    {
                        Commits.Raise();
                    }
                }

                return outcome;
            }
            catch (PostgresException failure) when (transaction.FaultOf(failure) is { } otherwise)
            {
                await transaction.DisposeAsync();
                await using var reader = Open(caller, ct);
                return await otherwise(reader);
            }
            catch (LockMissedException) when (Stopwatch.GetElapsedTime(start) < WaitLimit)
            {
                // What it is about came to be meanwhile.
            }
            catch (PostgresException failure) when (
                IsLostRace(failure, ref uniqueViolations) && Stopwatch.GetElapsedTime(start) < WaitLimit)
            {
                // The same work, on what the winner has left.
                _eventNumbers.Clear();
            }
            catch (Exception failure) when (
                !transaction.IsCommitSent && TransientErrors.MayRunAgain(failure)
                && Stopwatch.GetElapsedTime(start) < PostgresConnections.RunAgainLimit)
            {
                // What a commit has come to is unknown where its answer is lost: that is not repeated.
                _eventNumbers.Clear();
            }

            await transaction.DisposeAsync();

            // Exponential backoff with full jitter, up to 127 ms.
            await Task.Delay(Random.Shared.Next(1, 2 << Math.Min(attempt, 6)), ct);
        }
    }

    // A unique violation is a lost race too: the retry reads the committed row and returns the matching fault. One that
    // stays is a bug, which waiting does not mend, so it is retried for less than half a second.
    private static bool IsLostRace(PostgresException failure, ref int uniqueViolations) => failure.SqlState switch
    {
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => true,
        PostgresErrorCodes.UniqueViolation => ++uniqueViolations <= MaxUniqueViolations,
        _ => false,
    };

    /// <param name="slots">How many small pieces of memory SQLite may use without asking for them one by one.</param>
    /// <param name="creates">False fails where there is no file.</param>
    private StatementCachingConnection OpenSqlite(int slots = 0, bool creates = false)
    {
        var connection = new StatementCachingConnection(creates ? _sqliteOrNew : _sqlite);
        connection.Open();
        if (slots > 0)
        {
            _ = raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_LOOKASIDE, 0, SlotBytes, slots);
        }

        using var pragmas = ((IDbConnection)connection).CreateCommand();
        pragmas.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; "
            + "PRAGMA temp_store = MEMORY;";
        pragmas.ExecuteNonQuery();

        // Query planner stability: without it SQLite recompiles a statement when a bound value may change its plan,
        // such as a LIMIT, which takes longer than reading a page of a list.
        raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
        return connection;
    }

    /// <summary>The tables behind the name of each table and view of the SQLite file.</summary>
    internal Dictionary<string, string[]> ListTables()
    {
        using var connection = OpenSqlite();
        return DatabaseCache.TablesBehind(connection.Query<(string Name, string Type, string? Sql)>(
            "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY rowid"));
    }

    private static class Sql
    {
        // What triggers have noted of the transaction.
        public const string ListOwnChangesPostgres = """
            SELECT source, id, user_id FROM row_changes WHERE xid = pg_current_xact_id_if_assigned()
            """;
    }
}
