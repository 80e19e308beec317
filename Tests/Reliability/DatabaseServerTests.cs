using System.Net;
using Xunit.Abstractions;

namespace WorkspaceService.Reliability;

/// <summary>
/// PostgreSQL goes away and comes back under load: what was acknowledged is kept, each with one event, clients see 2xx
/// and 503 alone, and the service goes on without a restart.
/// </summary>
[Collection("Clusters")]
public sealed class DatabaseServerTests(ITestOutputHelper output)
{
    [ClusterFact]
    public Task A_server_that_is_stopped_and_started() => UnderLoadAsync("stopped and started", async cluster =>
    {
        await cluster.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(1));
        await cluster.StartAsync();
    });

    [ClusterFact]
    public Task A_server_that_is_killed_and_started() => UnderLoadAsync("killed and started", async cluster =>
    {
        await cluster.KillAsync();
        await cluster.StartAsync();
    });

    [ClusterFact]
    public Task Connections_that_are_cut_again_and_again() => UnderLoadAsync("cut 30 times", async cluster =>
    {
        for (var n = 0; n < 30; n++)
        {
            await cluster.ExecuteAsync(
                "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
                + "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
            await Task.Delay(50);
        }
    });

    private async Task UnderLoadAsync(string how, Func<PostgresCluster, Task> fault)
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var service = await ServiceProcess.ListeningAsync(cluster.ConnectionString);
        using var stop = new CancellationTokenSource();
        var clients = new LoadClients(service);
        var load = clients.RunAsync(stop.Token);
        await clients.HaveWrittenAsync(300);

        await fault(cluster);
        await clients.HaveWrittenAsync(clients.Acknowledged.Count + 300);
        await stop.CancelAsync();
        await load;

        output.WriteLine(
            $"{how}: {clients.LongestPause.TotalSeconds:0.00} s without an acknowledged write, {clients.Unavailable} "
            + $"answers of 503, slowest answer {clients.Slowest.TotalSeconds:0.00} s, {clients.Acknowledged.Count} "
            + "acknowledged writes");
        clients.Statuses.Should().BeSubsetOf(
            [HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable]);
        var stored = await clients.StoredAsync();
        stored.Should().Contain(clients.Acknowledged).And.OnlyHaveUniqueItems();
        (await service.Client().AllAsync("/v1/events?type=user.created")).Texts("subject", "id")
            .Should().BeEquivalentTo(stored);
        (await ServiceProcess.CommandAsync(
            $"--ConnectionStrings:Workspaces={cluster.ConnectionString}", "verify")).ShouldSucceed();
    }
}
