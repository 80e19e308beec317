using System.Data.Common;
using Dapper;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>A database that an earlier version has written opens, with everything that is in it.</summary>
public sealed class MigratorTests
{
    [Fact]
    public async Task A_file_of_the_first_release_opens_with_its_data()
    {
        await using var file = TestDatabase.InFile();
        await EarlierVersion.WriteAsync(file.File);

        await using var db = new ConnectionFactory(file.ConnectionString, TimeProvider.System);
        await db.MigrateAsync(TimeProvider.System);

        await using var session = db.Open();
        (await session.ScalarAsync<string>("SELECT code FROM users WHERE id = 7")).Should().Be("USR-26-000007");
        (await session.ScalarAsync<string>("SELECT answer FROM idempotency_keys WHERE key = 'tour-1'"))
            .Should().Be("answer");
        (await session.ScalarAsync<long>("SELECT COUNT(*) FROM visible_workspaces")).Should().Be(0);
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_behind()
    {
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
}
