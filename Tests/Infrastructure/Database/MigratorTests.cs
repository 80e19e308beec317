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
}
