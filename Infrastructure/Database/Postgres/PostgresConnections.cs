using Npgsql;
using WorkspaceService.Infrastructure.Telemetry;

namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>
/// Opens connections to PostgreSQL: directly or through a pooler in transaction mode, to one host or to the primary of
/// several. What the connection string says itself wins over every choice that is made here.
/// </summary>
internal sealed class PostgresConnections : IAsyncDisposable
{
    /// <summary>How long a request waits for a connection: through a short failover, and no longer.</summary>
    public static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(5);

    /// <summary>How long a writer waits for others of this instance, in each of the two queues.</summary>
    public static readonly TimeSpan QueueLimit = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How long after its beginning work may run again that a broken connection ended: waits and statements then stay
    /// within 15 seconds together.
    /// </summary>
    public static readonly TimeSpan RunAgainLimit = TimeSpan.FromSeconds(3);

    // A database that is coming up with the service has this long.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    private static readonly int MaxWriters = Math.Max(8, 4 * Environment.ProcessorCount);

    // What Npgsql's metrics name the pool; otherwise by the connection string.
    private const string PoolName = "workspaces";

    private const int DefaultStatementSeconds = 6;
    private const int ForgetIntervalMilliseconds = 100;

    private readonly NpgsqlConnectionStringBuilder _settings;
    private readonly bool _preparesWhereDirect;
    private readonly SemaphoreSlim _building = new(1);
    private readonly SemaphoreSlim _writers;
    private readonly SemaphoreSlim _trying = new(4);
    private volatile NpgsqlDataSource? _source;
    private long _forgottenAt;

    /// <exception cref="ArgumentException">The connection string cannot be used.</exception>
    public PostgresConnections(string connectionString)
    {
        _settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            IncludeErrorDetail = false,
            IncludeFailedBatchedCommand = true,
        };
        var given = _settings.Keys.Cast<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        var hasSeveralHosts = _settings.Host?.Contains(',', StringComparison.Ordinal) == true;
        _writers = new(Math.Clamp(_settings.MaxPoolSize * 3 / 4, 1, MaxWriters));
        StatementLimit = TimeSpan.FromSeconds(
            given.Contains("Command Timeout") ? _settings.CommandTimeout : DefaultStatementSeconds);
        _preparesWhereDirect = !given.Contains("Max Auto Prepare");

        // Timing out inside Npgsql blocks a thread while it asks the server, which may hang, to cancel;
        // PostgresConnection limits statements instead.
        _settings.CommandTimeout = 0;
        Default("Timeout", () => _settings.Timeout = hasSeveralHosts ? 2 : 4);
        // No statement leaves state in the session, so there is none to reset.
        Default("No Reset On Close", () => _settings.NoResetOnClose = true);
        if (hasSeveralHosts)
        {
            Default("Target Session Attributes", () => _settings.TargetSessionAttributes = "primary");
            // Which host is the primary is asked again when one fails (Forget), not after a time: then a host that does
            // not answer would hold up requests every time.
            Default("Host Recheck Seconds", () => _settings.HostRecheckSeconds = int.MaxValue);
        }

        try
        {
            Build(_settings).Dispose();
        }
        catch (NotSupportedException unsupported)
        {
            throw new ArgumentException(unsupported.Message, unsupported);
        }

        void Default(string name, Action set)
        {
            if (!given.Contains(name))
            {
                set();
            }
        }
    }

    /// <summary>How long a statement may take; 0 is without limit.</summary>
    public TimeSpan StatementLimit { get; }

    /// <summary>True where statements are prepared by themselves; null until a first connection has told.</summary>
    internal bool? Prepares { get; private set; }

    /// <summary>
    /// A connection of the pool, to the primary; waits for one up to <see cref="WaitLimit"/>.
    /// </summary>
    /// <exception cref="TimeoutException">There was none.</exception>
    public async Task<PostgresConnection> OpenAsync(CancellationToken ct = default)
    {
        var source = _source;
        Func<CancellationToken, ValueTask<NpgsqlConnection>> open = source is null
            ? async token => await (await BuildAsync(token)).OpenConnectionAsync(token)
            : source.OpenConnectionAsync;
        return new(await OpenAsync(open, WaitLimit, ct), this);
    }

    /// <summary>
    /// Waits until fewer transactions write than may at a time: more of them only wait for each other and for the disk,
    /// and take connections from readers. Dispose the result when the transaction has ended.
    /// </summary>
    /// <exception cref="TimeoutException">There were too many for too long.</exception>
    public async Task<IDisposable> BeginWritingAsync(CancellationToken ct) =>
        await QueuedWrite.WaitAsync(_writers, QueueLimit, ct)
            ? new Writing(_writers)
            : throw new TimeoutException("Too many transactions wait for each other.");

    /// <summary>
    /// A connection of its own without limits on time, for migrations; waits for a database that is coming up.
    /// </summary>
    public Task<NpgsqlConnection> OpenUnlimitedAsync(CancellationToken ct) => OpenAsync(OpenOwnAsync, StartLimit, ct);

    /// <summary>
    /// Forgets which host is the primary and closes idle connections, because one of them was not answered, or not
    /// the primary's.
    /// </summary>
    public void Forget()
    {
        // Many requests fail at the same moment; the first has done it for all.
        var last = Volatile.Read(ref _forgottenAt);
        var now = Environment.TickCount64;
        if (now - last >= ForgetIntervalMilliseconds
            && Interlocked.CompareExchange(ref _forgottenAt, now, last) == last)
        {
            _source?.Clear();
            ForgetPrimary();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _building.Dispose();
        _trying.Dispose();
        if (_source is { } source)
        {
            await source.DisposeAsync();
        }
    }

    private void ForgetPrimary() => (_source as NpgsqlMultiHostDataSource)?.ClearDatabaseStates();

    private async Task<NpgsqlConnection> OpenAsync(
        Func<CancellationToken, ValueTask<NpgsqlConnection>> open, TimeSpan limit, CancellationToken ct)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(limit);
        Exception? reason = null;
        try
        {
            try
            {
                return await WithinAsync(open(late.Token).AsTask(), late.Token);
            }
            catch (Exception failure) when (TransientErrors.MayRunAgain(failure))
            {
                reason = failure;
            }

            // However many wait, only a few of them try.
            await _trying.WaitAsync(late.Token);
            try
            {
                while (true)
                {
                    ForgetPrimary();
                    try
                    {
                        return await WithinAsync(open(late.Token).AsTask(), late.Token);
                    }
                    catch (Exception failure) when (TransientErrors.MayRunAgain(failure))
                    {
                        reason = failure;
                        await Task.Delay(Random.Shared.Next(20, 100), late.Token);
                    }
                }
            }
            finally
            {
                _trying.Release();
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException(reason?.Message ?? "The database does not answer.", reason);
        }
    }

    // Some steps of opening a connection do not heed their token.
    private static async Task<NpgsqlConnection> WithinAsync(Task<NpgsqlConnection> opening, CancellationToken ct)
    {
        try
        {
            return await opening.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            _ = opening.ContinueWith(
                opened => opened.IsCompletedSuccessfully ? opened.Result.DisposeAsync() : default,
                TaskScheduler.Default);
            throw;
        }
    }

    private async ValueTask<NpgsqlConnection> OpenOwnAsync(CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(_settings.ConnectionString)
        {
            Pooling = false,
            MaxAutoPrepare = 0,
        };
        // The connection outlives its source, which has no pool.
        await using var source = Build(settings);
        var connection = await source.OpenConnectionAsync(ct);
        try
        {
            Prepares ??= _preparesWhereDirect
                ? await IsDirectAsync(connection, ct)
                : _settings.MaxAutoPrepare > 0;
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<NpgsqlDataSource> BuildAsync(CancellationToken ct)
    {
        await _building.WaitAsync(ct);
        try
        {
            if (_source is null)
            {
                if (Prepares is null)
                {
                    await (await OpenOwnAsync(ct)).DisposeAsync();
                }

                var settings = new NpgsqlConnectionStringBuilder(_settings.ConnectionString);
                if (_preparesWhereDirect && Prepares == true)
                {
                    settings.MaxAutoPrepare = 200;
                    settings.AutoPrepareMinUsages = 2;
                }

                _source = Build(settings);
            }

            return _source;
        }
        finally
        {
            _building.Release();
        }
    }

    // PostgreSQL's key for cancelling begins with the process id; a pooler hands out keys of its own. It runs each
    // transaction on whichever connection is free, where a statement that was prepared before may be missing.
    private static async Task<bool> IsDirectAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT pg_backend_pid()";
        return await command.ExecuteScalarAsync(ct) is int id && id == connection.ProcessID;
    }

    private static NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString)
        {
            Name = PoolName,
        };
        if (!settings.Host!.Contains(',', StringComparison.Ordinal))
        {
            return builder.Build();
        }

        if (settings.TargetSessionAttributes is "primary" or "read-write")
        {
            // A host that was the primary when it was asked may have come back as a standby.
            builder.UsePhysicalConnectionInitializer(RequirePrimary, RequirePrimaryAsync);
        }

        return builder.BuildMultiHost();
    }

    private static void RequirePrimary(NpgsqlConnection connection) =>
        RequirePrimaryAsync(connection).GetAwaiter().GetResult();

    private static async Task RequirePrimaryAsync(NpgsqlConnection connection)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT pg_is_in_recovery()";
        if (await command.ExecuteScalarAsync() is true)
        {
            throw new NpgsqlException("The host is a standby.");
        }
    }

    private sealed class Writing(SemaphoreSlim writers) : IDisposable
    {
        public void Dispose() => writers.Release();
    }
}
