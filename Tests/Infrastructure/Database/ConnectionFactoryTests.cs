using System.Data.Common;
using System.Diagnostics;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Database;

public sealed class ConnectionFactoryTests
{
    [Fact]
    public async Task Readers_of_a_burst_are_given_back()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var db = await OpenAsync(database);
        for (var burst = 0; burst < 2; burst++)
        {
            var sessions = Enumerable.Range(0, 30).Select(_ => db.Open()).ToList();
            foreach (var session in sessions)
            {
                (await session.ScalarAsync<long>("SELECT COUNT(*) FROM users")).Should().Be(0);
            }

            await Task.WhenAll(sessions.Select(async session => await session.DisposeAsync()));

            db.IdleReaders.Should().BeLessThanOrEqualTo(Math.Max(8, 2 * Environment.ProcessorCount));
        }
    }

    [Fact]
    public async Task Readers_in_use_one_after_the_other_are_one()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var db = await OpenAsync(database);
        for (var n = 0; n < 20; n++)
        {
            await using var session = db.Open();
            await session.ScalarAsync<long>("SELECT COUNT(*) FROM users");
        }

        db.IdleReaders.Should().BeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task A_unique_violation_that_stays_is_tried_a_few_times_only()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var db = await OpenAsync(database);
        var attempts = 0;
        var watch = Stopwatch.StartNew();

        var twice = () => db.TransactAsync<Done>(ServiceFixture.RootCaller, async session =>
        {
            attempts++;
            for (var n = 0; n < 2; n++)
            {
                await session.ExecuteAsync("INSERT INTO schema_migrations (name, applied_at) VALUES ('twice', 0)");
            }

            return Done.It;
        });

        await twice.Should().ThrowAsync<DbException>();
        attempts.Should().BeLessThanOrEqualTo(8);
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    private static async Task<ConnectionFactory> OpenAsync(TestDatabase database)
    {
        var db = new ConnectionFactory(database.ConnectionString, TimeProvider.System);
        await db.MigrateAsync(TimeProvider.System);
        return db;
    }
}
