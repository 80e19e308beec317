using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>A database that an earlier version has written opens, with everything that is in it.</summary>
public sealed class MigratorTests
{
    [Fact]
    public async Task A_file_of_the_first_release_opens_with_its_data()
    {
        var file = TestDatabase.InFile();
        await file.InitializeAsync();
        await using (var connection = new SqliteConnection(file.ConnectionString))
        {
            await connection.OpenAsync();
            await connection.ExecuteAsync(
                "CREATE TABLE schema_migrations (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)");
            foreach (var (name, sql) in Released("0001", "0003", "0004", "0005", "0006", "0008"))
            {
                await connection.ExecuteAsync(sql.Replace(
                    "BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY", StringComparison.Ordinal));
                await connection.ExecuteAsync("INSERT INTO schema_migrations VALUES (@name, 0)", new { name });
            }

            await connection.ExecuteAsync("""
                INSERT INTO users (id, code, name, email, email_key, search, status, version, created_at, updated_at)
                VALUES (7, 'USR-26-000007', 'Ada', 'ada@example.com', 'ada@example.com', 'ada', 'active', 1, 0, 0);
                INSERT INTO safe_retries VALUES ('key_26_00001', 'tour-1', 'fingerprint', 'answer', 5);
                """);
        }

        await using (var db = new ConnectionFactory(file.ConnectionString, TimeProvider.System))
        {
            await db.MigrateAsync(TimeProvider.System);
            await using var session = db.Open();
            (await session.ScalarAsync<string>("SELECT code FROM users WHERE id = 7")).Should().Be("USR-26-000007");
            (await session.ScalarAsync<string>("SELECT answer FROM idempotency_keys WHERE key = 'tour-1'"))
                .Should().Be("answer");
            (await session.ScalarAsync<long>("SELECT COUNT(*) FROM visible_workspaces")).Should().Be(0);
        }

        await file.DisposeAsync();
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_behind()
    {
        DapperConventions.Apply();
        await using var database = await TestDatabase.NewAsync();
        await using var db = new ConnectionFactory(database.ConnectionString, TimeProvider.System);
        await using var connection = await db.ConnectAsync(CancellationToken.None);
        // In the way of a later file.
        await connection.ExecuteAsync("CREATE TABLE integrations (id BIGINT)");

        var migrate = () => db.MigrateAsync(TimeProvider.System);
        await migrate.Should().ThrowAsync<DbException>();

        foreach (var table in new[] { "schema_migrations", "users" })
        {
            var count = () => connection.ExecuteScalarAsync<long>($"SELECT COUNT(*) FROM {table}");
            await count.Should().ThrowAsync<DbException>();
        }

        await connection.ExecuteAsync("DROP TABLE integrations");
        await migrate();
        (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM users")).Should().Be(0);
    }

    private static IEnumerable<(string Name, string Sql)> Released(params string[] numbers)
    {
        var assembly = typeof(Program).Assembly;
        foreach (var number in numbers)
        {
            var resource = assembly.GetManifestResourceNames().Single(name =>
                name.Contains($".Migrations.{number}_", StringComparison.Ordinal)
                && !name.EndsWith(".postgres.sql", StringComparison.Ordinal));
            using var text = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (resource[(resource.IndexOf(".Migrations.", StringComparison.Ordinal) + 12)..],
                text.ReadToEnd());
        }
    }
}
