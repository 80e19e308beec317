using System.Net;

namespace WorkspaceService.Infrastructure.Database.Postgres.Clusters;

/// <summary>A plain connection string works, whether it leads to PostgreSQL or to a pooler before it.</summary>
[Collection("Clusters")]
public sealed class PoolerTests
{
    [ClusterFact]
    public async Task A_service_starts_on_an_empty_database_through_a_pooler_and_answers_on_every_surface()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var pooler = await PgBouncer.StartNewAsync(cluster.Port);
        string organization;
        await using (var service = await ServiceProcess.ListeningAsync(pooler.ConnectionString))
        {
            // Each statement more often than the two times after which it would be prepared, on several connections.
            var organizations = await Task.WhenAll(
                Enumerable.Range(0, 24).Select(n => SurfaceWalk.WalkAsync(service, $"org-{n}")));
            organization = organizations[0];
            service.Terminate();
            (await service.EndAsync()).Should().Be(0);
        }

        await using var again = await ServiceProcess.ListeningAsync(pooler.ConnectionString);
        (await again.Client().GetAsync($"/v1/orgs/{organization}")).StatusCode.Should().Be(HttpStatusCode.OK);
        await SurfaceWalk.WalkAsync(again, "later");
        (await cluster.ScalarAsync<long>("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory'")).Should().Be(0);
    }

    [ClusterFact]
    public async Task Statements_are_prepared_on_direct_connections_and_not_behind_a_pooler_unless_the_string_says()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var pooler = await PgBouncer.StartNewAsync(cluster.Port);

        (await PreparesAsync(cluster.ConnectionString)).Should().BeTrue();
        (await PreparesAsync(pooler.ConnectionString)).Should().BeFalse();
        (await PreparesAsync($"{cluster.ConnectionString};Max Auto Prepare=0")).Should().BeFalse();
        (await PreparesAsync($"{pooler.ConnectionString};Max Auto Prepare=5"))
            .Should().BeTrue();
    }

    [ClusterFact]
    public async Task A_database_that_is_down_at_first_is_asked_again()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var connections = new PostgresConnections(cluster.ConnectionString);
        await cluster.StopAsync();

        var open = () => connections.OpenAsync();
        await open.Should().ThrowAsync<TimeoutException>();
        connections.Prepares.Should().BeNull();

        await cluster.StartAsync();
        await using var connection = await connections.OpenAsync();
        connections.Prepares.Should().BeTrue();
    }

    private static async Task<bool> PreparesAsync(string connectionString)
    {
        await using var connections = new PostgresConnections(connectionString);
        await using var connection = await connections.OpenAsync();
        for (var n = 0; n < 6; n++)
        {
            await ScalarAsync<int>("SELECT 17");
        }

        var prepared = await ScalarAsync<long>(
            "SELECT COUNT(*) FROM pg_prepared_statements WHERE statement = 'SELECT 17'") > 0;
        prepared.Should().Be(connections.Prepares!.Value);
        return prepared;

        Task<T> ScalarAsync<T>(string sql) => connection.RunAsync(async (c, ct) =>
        {
            await using var command = c.CreateCommand();
            command.CommandText = sql;
            return (T)(await command.ExecuteScalarAsync(ct))!;
        });
    }
}
