using Npgsql;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Database.Postgres.Clusters;

/// <summary>
/// Work whose connection breaks runs again, except where its COMMIT was sent: what that has come to is unknown.
/// </summary>
[Collection("Clusters")]
public sealed class BrokenConnectionTests
{
    private const string EndConnections =
        "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
        + "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";

    private const string Insert = "INSERT INTO schema_migrations (name, applied_at) VALUES ('written', 0)";

    private const string Written = "SELECT COUNT(*) FROM schema_migrations WHERE name = 'written'";

    [ClusterFact]
    public async Task Before_the_commit_the_work_runs_again()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var db = await MigratedAsync(cluster.ConnectionString);
        var attempts = 0;

        await db.TransactAsync<Done>(ServiceFixture.RootCaller, async session =>
        {
            if (attempts++ == 0)
            {
                await session.ScalarAsync<long>(Written);
                await cluster.ExecuteAsync(EndConnections);
            }

            await session.ExecuteAsync(Insert);
            return Done.It;
        });

        attempts.Should().Be(2);
        (await cluster.ScalarAsync<long>(Written)).Should().Be(1);
    }

    [ClusterFact]
    public async Task A_read_runs_again()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var db = await MigratedAsync(cluster.ConnectionString);
        await using var session = db.Open();
        (await session.ScalarAsync<long>(Written)).Should().Be(0);

        await cluster.ExecuteAsync(EndConnections);

        (await session.ScalarAsync<long>(Written)).Should().Be(0);
    }

    [ClusterFact]
    public async Task A_commit_that_was_sent_and_not_answered_is_not_repeated()
    {
        await using var primary = await PostgresCluster.StartNewAsync();
        await using var standby = await primary.AddStandbyAsync();
        await using var db = await MigratedAsync(primary.ConnectionString);
        standby.Freeze();
        var attempts = 0;

        var write = db.TransactAsync<Done>(ServiceFixture.RootCaller, async session =>
        {
            attempts++;
            await session.ExecuteAsync(Insert);
            return Done.It;
        });
        while (await primary.ScalarAsync<long>(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == 0)
        {
            await Task.Delay(10);
        }

        await primary.ExecuteAsync(EndConnections);

        var failure = (await FluentActions.Awaiting(() => write).Should().ThrowAsync<NpgsqlException>()).Which;
        TransientErrors.Includes(failure).Should().BeTrue();
        attempts.Should().Be(1);
        (await primary.ScalarAsync<long>(Written)).Should().Be(1, "it was kept, which nobody could know");
    }

    [ClusterFact]
    public async Task A_server_that_only_reads_is_waited_for()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var db = await MigratedAsync(cluster.ConnectionString);
        await cluster.ExecuteAsync("ALTER DATABASE postgres SET default_transaction_read_only = on");
        var attempts = 0;

        await db.TransactAsync<Done>(ServiceFixture.RootCaller, async session =>
        {
            if (++attempts == 2)
            {
                await cluster.ExecuteAsync(
                    "BEGIN READ WRITE; ALTER DATABASE postgres RESET default_transaction_read_only; COMMIT");
            }

            await session.ExecuteAsync(Insert);
            return Done.It;
        });

        attempts.Should().BeGreaterThan(1);
        (await cluster.ScalarAsync<long>(Written)).Should().Be(1);
    }

    [ClusterFact]
    public async Task A_statement_that_is_not_answered_in_time_is_given_up_and_its_connection_used_again()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var db = await MigratedAsync($"{cluster.ConnectionString};Command Timeout=1;Maximum Pool Size=1");

        var slow = async () =>
        {
            await using var session = db.Open();
            await session.ScalarAsync<object>("SELECT pg_sleep(60)");
        };
        await slow.Should().ThrowAsync<TimeoutException>();

        await using var next = db.Open();
        (await next.ScalarAsync<long>(Written)).Should().Be(0);
        (await cluster.ScalarAsync<long>(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND state = 'active'"))
            .Should().Be(0, "the server was asked to cancel it");
    }

    private static async Task<ConnectionFactory> MigratedAsync(string connectionString)
    {
        DapperConventions.Apply();
        var db = new ConnectionFactory(connectionString, TimeProvider.System);
        await db.MigrateAsync(TimeProvider.System);
        return db;
    }
}
