using System.Data.Common;
using Microsoft.Data.Sqlite;
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

    /// <summary>True where there is a PostgreSQL server to test on.</summary>
    public static bool HasServer => PostgresServer is not null;

    /// <summary>The path of the SQLite file.</summary>
    public string File => $"{Path.Combine(Path.GetTempPath(), _name)}.db";

    public string ConnectionString => server is null
        ? $"Data Source={File}"
        : new NpgsqlConnectionStringBuilder(server) { Database = _name, MaxPoolSize = 40 }.ToString();

    /// <summary>A connection beside those of the service.</summary>
    public DbConnection Connect() => server is not null
        ? new NpgsqlConnection($"{ConnectionString};Pooling=false")
        : new SqliteConnection($"{ConnectionString};Pooling=false");

    /// <summary>Overwrites three pages of a SQLite file: the members.</summary>
    public static async Task DamageAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open);
        stream.Position = 28 * 4096;
        await stream.WriteAsync(new byte[3 * 4096]);
    }

    /// <summary>True where several instances may use it at a time.</summary>
    public bool IsShared => server is not null;

    /// <summary>A SQLite file, whichever database the other tests run on.</summary>
    public static TestDatabase InFile() => new(server: null);

    public static Task<TestDatabase> NewAsync() => NewAsync(PostgresServer);

    /// <summary>On the PostgreSQL server, which there must be.</summary>
    public static Task<TestDatabase> NewOnServerAsync() => NewAsync(PostgresServer!);

    private static async Task<TestDatabase> NewAsync(string? server)
    {
        var database = new TestDatabase(server);
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
            System.IO.File.Delete(file);
        }
    }

    private async Task OnServerAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(server!);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
