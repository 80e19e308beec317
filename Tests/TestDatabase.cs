using Npgsql;

namespace WorkspaceService;

/// <summary>
/// An empty database of one's own: a SQLite file, or a database on the PostgreSQL server that WORKSPACES_TEST_DB names.
/// Tests do not learn which.
/// </summary>
public sealed class TestDatabase : IAsyncLifetime
{
    private static readonly string? PostgresServer = Environment.GetEnvironmentVariable("WORKSPACES_TEST_DB");

    private readonly string _name = $"workspaces_{Guid.NewGuid():N}";

    public string ConnectionString => PostgresServer is null
        ? $"Data Source={Path.Combine(Path.GetTempPath(), _name)}.db"
        : new NpgsqlConnectionStringBuilder(PostgresServer) { Database = _name, MaxPoolSize = 40 }.ToString();

    public static async Task<TestDatabase> NewAsync()
    {
        var database = new TestDatabase();
        await database.InitializeAsync();
        return database;
    }

    public async Task InitializeAsync()
    {
        if (PostgresServer is not null)
        {
            await OnServerAsync($"CREATE DATABASE {_name}");
        }
    }

    public async Task DisposeAsync()
    {
        if (PostgresServer is not null)
        {
            await OnServerAsync($"DROP DATABASE {_name} WITH (FORCE)");
            return;
        }

        foreach (var file in Directory.GetFiles(Path.GetTempPath(), $"{_name}.db*"))
        {
            File.Delete(file);
        }
    }

    private static async Task OnServerAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(PostgresServer!);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
