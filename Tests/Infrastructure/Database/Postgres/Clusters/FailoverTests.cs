using System.Diagnostics;
using System.Net;
using Xunit.Abstractions;

namespace WorkspaceService.Infrastructure.Database.Postgres.Clusters;

/// <summary>
/// The primary goes and the standby takes over: nothing acknowledged is lost, clients see 2xx and 503 alone, and the
/// service comes back by itself. The outage that they see is printed.
/// </summary>
[Collection("Clusters")]
public sealed class FailoverTests(ITestOutputHelper output)
{
    private static readonly TimeSpan LongestOutage = TimeSpan.FromSeconds(30);

    [ClusterFact]
    public Task A_primary_that_is_killed() => FailOverAsync("killed", primary => primary.KillAsync());

    [ClusterFact]
    public Task A_primary_that_is_stopped() => FailOverAsync("stopped", primary => primary.StopAsync());

    [ClusterFact]
    public Task A_primary_that_hangs() => FailOverAsync("hanging", primary =>
    {
        primary.Freeze();
        return Task.CompletedTask;
    });

    [ClusterFact]
    public async Task A_service_whose_first_host_is_gone_starts_with_the_other()
    {
        await using var primary = await PostgresCluster.StartNewAsync();
        await using var standby = await primary.AddStandbyAsync();
        await primary.KillAsync();
        await standby.PromoteAsync();

        await using var service = await ServiceProcess.ListeningAsync(Both(primary, standby));

        await SurfaceWalk.WalkAsync(service, "walk");
    }

    [ClusterFact]
    public async Task A_primary_that_came_back_as_a_standby_is_not_read_from()
    {
        await using var first = await PostgresCluster.StartNewAsync();
        await using var second = await first.AddStandbyAsync();
        // Without idle connections nothing breaks, by which the service would learn of the failover.
        await using var service = await ServiceProcess.ListeningAsync(
            $"{Both(first, second)};Connection Idle Lifetime=1;Connection Pruning Interval=1");
        using var client = service.Client();
        await client.PostJson("/v1/users", new { name = "Before", email = "ada@example.com" });
        while (await first.ScalarAsync<long>(
            """
            SELECT COUNT(*) FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND query NOT LIKE '%row_changes%'
            """) > 1)
        {
            await Task.Delay(100);
        }

        await first.StopAsync();
        await second.PromoteAsync();
        await first.FollowAsync(second);
        await first.ExecuteAsync("SELECT pg_wal_replay_pause()");
        await second.ExecuteAsync("UPDATE users SET name = 'After'");

        (await (await client.GetAsync("/v1/users")).Data())[0].GetProperty("name").GetString().Should().Be("After");
    }

    [ClusterFact]
    public async Task Broken_connections_cost_no_request()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var service = await ServiceProcess.ListeningAsync(cluster.ConnectionString);
        await SurfaceWalk.WalkAsync(service, "before");

        for (var n = 0; n < 5; n++)
        {
            await cluster.ExecuteAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                + "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
            await SurfaceWalk.WalkAsync(service, $"after-{n}");
        }
    }

    private async Task FailOverAsync(string how, Func<PostgresCluster, Task> end)
    {
        await using var primary = await PostgresCluster.StartNewAsync();
        await using var standby = await primary.AddStandbyAsync();
        await using var service = await ServiceProcess.ListeningAsync(Both(primary, standby));
        using var stop = new CancellationTokenSource();
        var clients = new LoadClients(service);
        var load = clients.RunAsync(stop.Token);
        await clients.HaveWrittenAsync(500);

        var start = Stopwatch.GetTimestamp();
        await end(primary);
        await standby.PromoteAsync();
        var promoted = Stopwatch.GetElapsedTime(start);
        await clients.HaveWrittenAsync(clients.Acknowledged.Count + 500);
        await stop.CancelAsync();
        await load;

        output.WriteLine(
            $"Outage with a {how} primary: {clients.LongestPause.TotalSeconds:0.00} s without an acknowledged write "
            + $"(promoted after {promoted.TotalSeconds:0.00} s), {clients.Unavailable} answers of 503, slowest answer "
            + $"{clients.Slowest.TotalSeconds:0.00} s, {clients.Acknowledged.Count} acknowledged writes.");
        clients.Statuses.Should().OnlyContain(status =>
            status == HttpStatusCode.Created || status == HttpStatusCode.OK
                || status == HttpStatusCode.ServiceUnavailable);
        clients.LongestPause.Should().BeLessThan(LongestOutage);
        (await clients.StoredAsync()).Should().Contain(clients.Acknowledged);
    }

    private static string Both(PostgresCluster primary, PostgresCluster standby) => primary.ConnectionString.Replace(
        $"Host=127.0.0.1;Port={primary.Port}",
        $"Host=127.0.0.1:{primary.Port},127.0.0.1:{standby.Port}",
        StringComparison.Ordinal);
}
