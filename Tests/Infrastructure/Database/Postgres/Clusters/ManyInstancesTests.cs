using System.Net;

namespace WorkspaceService.Infrastructure.Database.Postgres.Clusters;

/// <summary>Instances are equal, and any number of them starts at once on an empty database.</summary>
[Collection("Clusters")]
public sealed class ManyInstancesTests
{
    private const int Instances = 10;

    [ClusterFact]
    public async Task Ten_at_once_on_an_empty_database_are_all_ready()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();

        await ShouldBeReadyAsync(cluster, cluster.ConnectionString);
    }

    [ClusterFact]
    public async Task Ten_at_once_through_a_pooler_are_all_ready()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var pooler = await PgBouncer.StartNewAsync(cluster.Port);

        await ShouldBeReadyAsync(cluster, pooler.ConnectionString);
    }

    [ClusterFact]
    public async Task Without_a_configured_root_key_one_of_them_makes_it_and_all_accept_it()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var pooler = await PgBouncer.StartNewAsync(cluster.Port);

        await ShouldShareOneRootKeyAsync(pooler.ConnectionString);
    }

    private static async Task ShouldBeReadyAsync(PostgresCluster cluster, string connectionString)
    {
        await using var services = await StartAsync(connectionString);

        foreach (var service in services.All)
        {
            (await service.Client().GetAsync("/readyz")).StatusCode.Should().Be(HttpStatusCode.OK);
            (await service.Client().GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.OK);
        }

        (await cluster.ScalarAsync<long>("SELECT COUNT(DISTINCT xmin::text) FROM schema_migrations"))
            .Should().Be(1, "one transaction of one instance has migrated");
    }

    private static async Task ShouldShareOneRootKeyAsync(string connectionString)
    {
        const string Announces = "Root key, shown this once: ";
        await using var services = await StartAsync(connectionString, "--Bootstrap:RootKey=");

        var key = services.All
            .SelectMany(service => service.Output.Split('\n'))
            .Where(line => line.StartsWith(Announces, StringComparison.Ordinal))
            .Should().ContainSingle().Subject[Announces.Length..];
        foreach (var service in services.All)
        {
            (await service.Client(key).GetAsync("/v1/orgs")).StatusCode.Should().Be(HttpStatusCode.OK);
        }
    }

    private static async Task<Started> StartAsync(string connectionString, params string[] args)
    {
        var starting = Enumerable.Range(0, Instances)
            .Select(_ => ServiceProcess.ListeningAsync(connectionString, args: args))
            .ToList();
        await Task.WhenAll(starting);
        return new([.. starting.Select(start => start.Result)]);
    }

    private sealed record Started(List<ServiceProcess> All) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var service in All)
            {
                await service.DisposeAsync();
            }
        }
    }
}
