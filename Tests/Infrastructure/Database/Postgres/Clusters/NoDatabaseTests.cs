using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit.Abstractions;

namespace WorkspaceService.Infrastructure.Database.Postgres.Clusters;

/// <summary>
/// Without its database the service lives and is not ready, every surface says so in its own shape within 15 seconds,
/// and all is well again, without a restart, when the database is.
/// </summary>
[Collection("Clusters")]
public sealed class NoDatabaseTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    [ClusterFact]
    public Task A_database_that_is_stopped() => OutageAsync(
        "stopped", cluster => cluster.StopAsync(), cluster => cluster.StartAsync());

    [ClusterFact]
    public Task A_database_that_hangs() => OutageAsync(
        "hanging",
        cluster =>
        {
            cluster.Freeze();
            return Task.CompletedTask;
        },
        cluster =>
        {
            cluster.Thaw();
            return Task.CompletedTask;
        });

    [ClusterFact]
    public async Task A_host_that_takes_connections_and_answers_none()
    {
        Socket? silent = null;
        await OutageAsync(
            "silent",
            async cluster =>
            {
                await cluster.StopAsync();
                silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                silent.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                silent.Bind(new IPEndPoint(IPAddress.Loopback, cluster.Port));
                // Further connections than these are not even taken.
                silent.Listen(4);
            },
            async cluster =>
            {
                silent!.Dispose();
                await cluster.StartAsync();
            });
    }

    [ClusterFact]
    public async Task A_standby_alone_is_no_database()
    {
        await using var primary = await PostgresCluster.StartNewAsync();
        await using var standby = await primary.AddStandbyAsync();
        await using var service = await ServiceProcess.ListeningAsync(
            $"{primary.ConnectionString};Host=127.0.0.1:{standby.Port},127.0.0.1:{primary.Port}");
        await SurfaceWalk.WalkAsync(service, "before");
        var key = await UserKeyAsync(service, "during");

        await primary.StopAsync();
        await ShouldBeUnavailableAsync(service, "standby alone", key);

        await primary.StartAsync();
        await UntilReadyAsync(service);
        await SurfaceWalk.WalkAsync(service, "after");
    }

    [ClusterFact]
    public async Task A_start_waits_for_a_database_that_is_coming_up()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await cluster.StopAsync();

        var starting = ServiceProcess.ListeningAsync(cluster.ConnectionString);
        await Task.Delay(TimeSpan.FromSeconds(2));
        starting.IsCompleted.Should().BeFalse();
        await cluster.StartAsync();

        await using var service = await starting;
        (await service.Client().GetAsync("/readyz")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private async Task OutageAsync(
        string how, Func<PostgresCluster, Task> end, Func<PostgresCluster, Task> mend)
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var service = await ServiceProcess.ListeningAsync(cluster.ConnectionString);
        await SurfaceWalk.WalkAsync(service, "before");
        var key = await UserKeyAsync(service, "during");

        // Idle connections are there, so that statements, too, meet the outage.
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => service.Client(key).GetAsync("/v1/workspaces")));
        await end(cluster);
        for (var round = 0; round < 2; round++)
        {
            await ShouldBeUnavailableAsync(service, $"{how} database, round {round + 1}", key);
        }

        await mend(cluster);
        await UntilReadyAsync(service);
        await SurfaceWalk.WalkAsync(service, "after");
    }

    private async Task ShouldBeUnavailableAsync(ServiceProcess service, string what, string key)
    {
        using var client = service.Client(key);
        client.Timeout = Longest;
        var calls = Enumerable.Range(0, 10).SelectMany(n => Unavailable.Reads
            .Select(path => CallAsync(HttpMethod.Get, path, null))
            .Concat(Unavailable.Writes.Select(write => CallAsync(write.Method, write.Path, write.Body)))).ToList();

        (await client.GetAsync("/livez")).StatusCode.Should().Be(HttpStatusCode.OK);
        await (await client.GetAsync("/readyz")).ShouldBeUnavailableAsync();
        var taken = await Task.WhenAll(calls);
        output.WriteLine(
            $"Unavailable with a {what}: 503 after {taken.Min().TotalSeconds:0.00} to "
            + $"{taken.Max().TotalSeconds:0.00} s.");

        async Task<TimeSpan> CallAsync(HttpMethod method, string path, object? body)
        {
            var start = Stopwatch.GetTimestamp();
            var response = await client.SendJson(method, path, body);
            var elapsed = Stopwatch.GetElapsedTime(start);
            await response.ShouldBeUnavailableAsync();
            return elapsed;
        }
    }

    private static async Task<string> UserKeyAsync(ServiceProcess service, string name)
    {
        using var root = service.Client();
        var user = await (await root.PostJson("/v1/users", new { name, email = $"{name}@example.com" }))
            .Data(HttpStatusCode.Created);
        var key = await (await root.PostJson(
                "/v1/api-keys", new { name, type = "user", user_id = user.GetProperty("id").GetString() }))
            .Data(HttpStatusCode.Created);
        return key.GetProperty("key").GetString()!;
    }

    private static async Task UntilReadyAsync(ServiceProcess service)
    {
        using var client = service.Client();
        for (var start = Stopwatch.GetTimestamp(); !(await client.GetAsync("/readyz")).IsSuccessStatusCode;)
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException($"It does not come back: {service.Output}");
            }

            await Task.Delay(50);
        }
    }
}
