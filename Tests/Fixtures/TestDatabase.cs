using Npgsql;

namespace WorkspaceService;

/// <summary>
/// An empty database of one's own: a SQLite file, or a database on the PostgreSQL server that WORKSPACES_TEST_DB names.
/// Tests do not learn which.
/// </summary>
public sealed class TestDatabase(string? server) : IAsyncLifetime
{
    private static readonly string? PostgresServer = Environment.GetEnvironmentVariable("WORKSPACES_TEST_DB");

    private readonly string _name = $"workspaces_{Guid.NewGuid():N}";

    public TestDatabase()
        : this(PostgresServer)
    {
    }

    public string ConnectionString => server is null
        ? $"Data Source={Path.Combine(Path.GetTempPath(), _name)}.db"
        : new NpgsqlConnectionStringBuilder(server) { Database = _name, MaxPoolSize = 40 }.ToString();

    /// <summary>True where several instances may use it at a time.</summary>
    public bool IsShared => server is not null;

    /// <summary>A SQLite file, whichever database the other tests run on.</summary>
    public static TestDatabase InFile() => new(server: null);

    public static async Task<TestDatabase> NewAsync()
    {
        var database = new TestDatabase();
        await database.InitializeAsync();
        return database;
    }

    public async Task InitializeAsync()
    {
        if (server is not null)
        {
            await OnServerAsync($"CREATE DATABASE {_name}");
        }
    }

    public async Task DisposeAsync()
    {
        if (server is not null)
        {
            await OnServerAsync($"DROP DATABASE {_name} WITH (FORCE)");
            return;
        }

        foreach (var file in Directory.GetFiles(Path.GetTempPath(), $"{_name}.db*"))
        {
            File.Delete(file);
        }
    }

    private async Task OnServerAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(server!);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
