using Npgsql;

namespace WorkspaceService;

/// <summary>A PgBouncer in transaction mode before a server, with nothing allowed beyond its defaults.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly ServerProgram _program;

    private PgBouncer(string folder, ServerProgram program, int port) =>
        (_folder, _program, Port) = (folder, program, port);

    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Append("/usr/sbin").Select(folder => Path.Combine(folder, "pgbouncer")).FirstOrDefault(File.Exists);

    public int Port { get; }

    public string ConnectionString => PostgresCluster.ConnectionStringOf(Port);

    public static async Task<PgBouncer> StartNewAsync(int serverPort)
    {
        var (folder, port) = (await ServerProgram.NewFolderAsync(), ServerProgram.FreePort());
        var users = Path.Combine(folder, "users.txt");
        await File.WriteAllTextAsync(users, "\"workspaces\" \"\"\n");
        var settings = Path.Combine(folder, "pgbouncer.ini");
        await File.WriteAllTextAsync(
            settings,
            $"""
            [databases]
            * = host=127.0.0.1 port={serverPort}

            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = trust
            auth_file = {users}
            pool_mode = transaction
            max_client_conn = 1000
            """);
        var program = ServerProgram.Start(
            Program ?? throw new InvalidOperationException("PgBouncer is not installed, which this test needs."),
            settings);
        var bouncer = new PgBouncer(folder, program, port);
        while (!await bouncer.AnswersAsync())
        {
            if (program.HasExited)
            {
                throw new InvalidOperationException($"PgBouncer has ended: {program.Output}");
            }

            await Task.Delay(50);
        }

        return bouncer;
    }

    public async ValueTask DisposeAsync()
    {
        await _program.StopAsync("INT");
        await _program.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false");
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
