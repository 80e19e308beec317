using System.Diagnostics;
using Npgsql;

namespace WorkspaceService;

/// <summary>
/// A PostgreSQL server of the test's own, which may be killed, stopped, frozen and promoted, and its standby.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string User = "workspaces";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private ServerProgram? _server;

    private PostgresCluster(string folder) => _folder = folder;

    /// <summary>The program that these tests need and that is not installed; null where all are.</summary>
    public static string? Missing { get; } =
        Programs is null ? "PostgreSQL (initdb)" : PgBouncer.Program is null ? "PgBouncer" : null;

    public int Port { get; } = ServerProgram.FreePort();

    /// <summary>The plain connection string of its database <c>postgres</c>.</summary>
    public string ConnectionString => ConnectionStringOf(Port);

    private static string? Programs => new[] { "/usr/lib/postgresql" }
        .Where(Directory.Exists)
        .SelectMany(Directory.GetDirectories)
        .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
        .Select(folder => Path.Combine(folder, "bin"))
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));

    private string Data => Path.Combine(_folder, "data");

    public static string ConnectionStringOf(int port) =>
        $"Host=127.0.0.1;Port={port};Username={User};Database=postgres";

    /// <summary>A new, empty cluster that runs.</summary>
    public static async Task<PostgresCluster> StartNewAsync()
    {
        var cluster = new PostgresCluster(await ServerProgram.NewFolderAsync());
        await ServerProgram.RunAsync(
            Installed("initdb"), "-D", cluster.Data, "-U", User, "--auth=trust", "--encoding=UTF8", "--no-sync");
        await cluster.StartAsync();
        return cluster;
    }

    /// <summary>A standby of this one, which from then on commits nothing before the standby has it.</summary>
    public async Task<PostgresCluster> AddStandbyAsync()
    {
        var standby = new PostgresCluster(await ServerProgram.NewFolderAsync());
        await ServerProgram.RunAsync(
            Installed("pg_basebackup"),
            "-D", standby.Data, "-R", "-c", "fast", "-h", "127.0.0.1", "-p", $"{Port}", "-U", User, "--no-sync");
        await standby.StartAsync();
        await ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = '*'");
        await ExecuteAsync("SELECT pg_reload_conf()");
        await UntilAsync(async () => await ScalarAsync<long>(
            "SELECT COUNT(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == 1);
        return standby;
    }

    /// <summary>Starts it, and waits until it answers.</summary>
    public async Task StartAsync()
    {
        _server = ServerProgram.Start(
            Installed("postgres"),
            "-D", Data, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder}",
            "-c", "max_connections=300", "-c", "fsync=off", "-c", "full_page_writes=off");
        await UntilAsync(async () =>
        {
            if (_server.HasExited)
            {
                throw new InvalidOperationException($"PostgreSQL has ended: {_server.Output}");
            }

            return await AnswersAsync();
        });
    }

    /// <summary>Stops it in order, as for maintenance: it ends its connections.</summary>
    public Task StopAsync() => _server!.StopAsync("INT");

    /// <summary>Ends all of its processes where they stand.</summary>
    public async Task KillAsync()
    {
        _server!.Signal("KILL");
        await _server.EndedAsync();
    }

    /// <summary>Its connections stay open and nothing is answered, as when the machine hangs.</summary>
    public void Freeze() => _server!.Signal("STOP");

    public void Thaw() => _server!.Signal("CONT");

    /// <summary>Starts it, which was stopped in order as the primary, as a standby of another.</summary>
    public async Task FollowAsync(PostgresCluster primary)
    {
        await File.WriteAllTextAsync(Path.Combine(Data, "standby.signal"), "");
        await File.AppendAllTextAsync(
            Path.Combine(Data, "postgresql.auto.conf"),
            $"\nprimary_conninfo = 'host=127.0.0.1 port={primary.Port} user={User}'\n");
        await StartAsync();
    }

    /// <summary>Makes the standby the primary.</summary>
    public Task PromoteAsync() => ExecuteAsync("SELECT pg_promote()");

    public async Task ExecuteAsync(string sql) => await ScalarAsync<object>(sql);

    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            if (!server.HasExited)
            {
                Thaw();
                await server.StopAsync("QUIT");
            }

            await server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static string Installed(string program) => Path.Combine(
        Programs ?? throw new InvalidOperationException("PostgreSQL is not installed, which this test needs."),
        program);

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return await ScalarAsync<int>("SELECT 1") == 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var start = Stopwatch.GetTimestamp(); !await condition(); await Task.Delay(50))
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException("PostgreSQL does not get ready.");
            }
        }
    }
}
