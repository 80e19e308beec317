using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Opens sessions on the one configured database. Reads go through <see cref="Open"/>, writes through
/// <see cref="TransactAsync"/>; nothing else reaches the database.
/// </summary>
public sealed partial class ConnectionFactory : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    static ConnectionFactory()
    {
        // Each connection has one user at a time, so SQLite need not guard every call against a second one; and nobody
        // asks it to count the memory that it takes.
        Batteries_V2.Init();
        raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
    }

    private readonly NpgsqlDataSource? _postgres;
    private readonly string _sqlite = "";
    private readonly ConcurrentBag<DbConnection> _readers = [];
    private readonly Lazy<SqliteWriter>? _writer;
    private readonly DatabaseCache? _cache;
    private readonly Func<CancellationToken, Task<DbConnection>> _connect;
    private readonly Func<DbConnection, ValueTask> _release;
    private TimeProvider _clock;
    private FileStream? _claim;

    /// <param name="connectionString">
    /// <c>Data Source=…</c> for SQLite, <c>Host=…</c> for PostgreSQL; anything else is an
    /// <see cref="ArgumentException"/>.
    /// </param>
    public ConnectionFactory(string connectionString, TimeProvider clock)
    {
        _clock = clock;
        if (connectionString.Contains("Host=", StringComparison.OrdinalIgnoreCase))
        {
            _postgres = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
            {
                MaxAutoPrepare = 200,
                AutoPrepareMinUsages = 2,
                IncludeErrorDetail = false,
            });
            _connect = async ct => await _postgres.OpenConnectionAsync(ct);
            _release = connection => connection.DisposeAsync();
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

        _sqlite = sqlite.ToString();
        DataFile = sqlite.DataSource;
        var versions = new TableVersions();
        var changes = new RowChangeTracker();
        _cache = new(versions, changes, ListTables);
        _writer = new(() => new SqliteWriter(OpenSqlite(), versions, changes, _cache));
        _connect = _ => Task.FromResult(_readers.TryTake(out var reader) ? reader : OpenSqlite());
        _release = connection =>
        {
            _readers.Add(connection);
            return ValueTask.CompletedTask;
        };
    }

    public bool IsPostgres => _postgres is not null;

    /// <summary>The SQLite file; null on PostgreSQL.</summary>
    public string? DataFile { get; }

    /// <summary>
    /// A session that reads, for <paramref name="caller"/>; null where nobody in particular asks. Dispose it as soon as
    /// the rows are there.
    /// </summary>
    public Session Open(Caller? caller = null, CancellationToken ct = default) =>
        new(_connect, _release, IsPostgres, caller, _clock, _cache, ct);

    /// <summary>
    /// Runs <paramref name="work"/> as if alone, and commits unless it throws or hands back a fault. The answer comes
    /// after the commit is durable. Work may run again (PostgreSQL may ask for another try): it touches the database
    /// and nothing else.
    /// </summary>
    public Task<Outcome<T>> TransactAsync<T>(
        Caller caller, Func<Session, Task<Outcome<T>>> work, CancellationToken ct = default) =>
        _writer is null
            ? OnPostgresAsync(caller, work, ct)
            : _writer.Value.EnqueueAsync(caller, _clock, work, ct);

    /// <summary>The same database, for work that is to be done as if at another time.</summary>
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
        }

        while (_readers.TryTake(out var reader))
        {
            await reader.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        if (_claim is not null)
        {
            await _claim.DisposeAsync();
        }
    }

    /// <summary>
    /// Makes sure that no other process of the service has the SQLite file, for what is remembered would not be exact
    /// then. One that is about to end is waited for a little.
    /// </summary>
    /// <exception cref="IOException">Another process has it.</exception>
    internal async Task ClaimFileAsync(CancellationToken ct)
    {
        for (var start = _clock.GetTimestamp(); DataFile is { } file && _claim is null;)
        {
            try
            {
                _claim = new FileStream($"{file}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists($"{file}.lock"))
            {
                if (_clock.GetElapsedTime(start) > Patience)
                {
                    throw new IOException($"another process uses {file}; give each its own file, or use PostgreSQL.");
                }

                await Task.Delay(100, ct);
            }
        }
    }

    /// <summary>
    /// Opens what writes, so that a file that cannot be written is known at start. The tables must be there.
    /// </summary>
    internal void StartWriter() => _ = _writer?.Value;

    /// <summary>A connection of its own, for migrations.</summary>
    internal async Task<DbConnection> ConnectAsync(CancellationToken ct) =>
        _postgres is null ? OpenSqlite() : await _postgres.OpenConnectionAsync(ct);

    private async Task<Outcome<T>> OnPostgresAsync<T>(
        Caller caller, Func<Session, Task<Outcome<T>>> work, CancellationToken ct)
    {
        var start = _clock.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await _postgres!.OpenConnectionAsync(ct);
                await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.Serializable, ct);
                var outcome = await work(new Session(connection, isPostgres: true, caller, _clock, cache: null));
                if (outcome.Succeeded(out _, out _))
                {
                    await transaction.CommitAsync(ct);
                }

                return outcome;
            }
            catch (PostgresException clash) when (IsClash(clash) && _clock.GetElapsedTime(start) < Patience)
            {
                // Full jitter, doubling up to an eighth of a second: racing writers drift apart instead of meeting
                // again.
                await Task.Delay(Random.Shared.Next(1, 2 << Math.Min(attempt, 6)), ct);
            }
        }
    }

    // A unique violation is a race that was lost too: the next try sees the winner's row and says so properly.
    private static bool IsClash(PostgresException failure) => failure.SqlState
        is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
            or PostgresErrorCodes.UniqueViolation;

    private StatementCachingConnection OpenSqlite()
    {
        var connection = new StatementCachingConnection(_sqlite);
        connection.Open();
        using var pragmas = ((IDbConnection)connection).CreateCommand();
        pragmas.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; "
            + "PRAGMA temp_store = MEMORY;";
        pragmas.ExecuteNonQuery();

        // Without this guarantee SQLite compiles a statement anew each time that a value is bound which a plan might
        // depend on, such as a LIMIT: for a page of a list that takes longer than reading it.
        raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
        return connection;
    }

    /// <summary>By the name of each table and view of a SQLite file: the tables that it reads.</summary>
    internal Dictionary<string, string[]> ListTables()
    {
        using var connection = OpenSqlite();
        var named = connection
            .Query<(string Name, string Type, string Sql)>(
                "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY rowid")
            .ToList();
        var tables = named.Where(row => row.Type == "table").ToDictionary(row => row.Name, row => new[] { row.Name });
        foreach (var view in named.Where(row => row.Type == "view"))
        {
            tables[view.Name] =
                [.. Word().Matches(view.Sql).SelectMany(word => tables.GetValueOrDefault(word.Value) ?? []).Distinct()];
        }

        return tables;
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
