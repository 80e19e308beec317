using System.Diagnostics;
using System.Globalization;
using System.Net;
using Dapper;
using Xunit.Abstractions;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>Processes that are killed, or stopped while a receiver hangs.</summary>
public sealed class WebhookCrashTests(ITestOutputHelper output)
{
    private static readonly string[] Development =
    [
        "--Webhooks:AllowHttp=true", "--Webhooks:AllowPrivateNetworks=true", "--Webhooks:RetrySchedule=00:00:01",
        "--Serilog:MinimumLevel:Override:WorkspaceService=Warning",
    ];

    // Writes that are answered before a kill, however long they take.
    private const int Fewest = 10;

    /// <summary>WEBHOOK_KILL_ROUNDS asks for more rounds.</summary>
    private static int Rounds => int.Parse(
        Environment.GetEnvironmentVariable("WEBHOOK_KILL_ROUNDS") ?? "5", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Every_committed_event_arrives_at_each_webhook_whenever_the_service_is_killed()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var database = TestDatabase.InFile();
        try
        {
            var answered = 0;
            string? workspace = null;
            for (var round = 0; round < Rounds; round++)
            {
                await using var service = await ServiceProcess.ListeningAsync(database, Development);
                workspace ??= await FillAsync(service, receiver.Address);
                answered += await LoadAsync(
                    service, workspace, TimeSpan.FromMilliseconds(Random.Shared.Next(200, 1500)));
            }

            await using var last = await ServiceProcess.ListeningAsync(database, Development);
            var events = await EventsAsync(database);
            events.Count.Should().BeGreaterThanOrEqualTo(answered).And.BeGreaterThanOrEqualTo(Fewest * Rounds);
            await ArrivesAsync(receiver, events);

            output.WriteLine($"{Rounds} rounds: {answered} writes answered, {events.Count} committed, "
                + $"{receiver.All.Count} deliveries to 3 webhooks, "
                + $"{receiver.All.Count - (3 * events.Count)} of them again, 0 lost");
            await PendingEndAsync(database);
            last.Terminate();
            (await last.EndAsync()).Should().Be(0);
            (await ServiceProcess.CommandAsync(database, "verify")).ShouldSucceed();
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    [PostgresFact]
    public async Task When_one_of_two_instances_is_killed_the_other_sends_what_it_had_under_way()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var database = await TestDatabase.NewAsync();
        await using var other = await ServiceProcess.ListeningAsync(database, Development);
        var workspace = await FillAsync(other, receiver.Address);
        for (var round = 0; round < 3; round++)
        {
            await using var killed = await ServiceProcess.ListeningAsync(database, Development);
            await LoadAsync(killed, workspace, TimeSpan.FromMilliseconds(Random.Shared.Next(500, 1500)));
        }

        var events = await EventsAsync(database);
        events.Should().HaveCountGreaterThanOrEqualTo(3 * Fewest);
        await ArrivesAsync(receiver, events);
        output.WriteLine($"{events.Count} events, {receiver.All.Count - (3 * events.Count)} deliveries again");
    }

    [ClusterFact]
    public async Task When_the_database_was_away_everything_goes_on_without_a_restart()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = async (_, http) =>
        {
            await Task.Delay(20);
            await WebhookReceiver.StatusAsync(http, 204);
        };
        await using var service = await ServiceProcess.ListeningAsync(cluster.ConnectionString, "", Development);
        using var client = service.Client();
        var workspace = await FillAsync(service, receiver.Address);
        for (var n = 0; n < 100; n++)
        {
            await TouchAsync(client, workspace);
        }

        await cluster.StopAsync();
        await Task.Delay(3000);
        await cluster.StartAsync();
        await Until.TrueAsync(() => TouchAsync(client, workspace));

        var events = new HashSet<string>((await cluster.ScalarAsync<string[]>(
            "SELECT array_agg(code) FROM events WHERE type = 'workspace.updated'"))!);
        events.Count.Should().BeGreaterThan(100);
        await ArrivesAsync(receiver, events);
        service.Output.Should().NotContain("Webhooks wait for a second");
    }

    [Fact]
    public async Task A_stop_waits_for_no_receiver_and_what_was_under_way_is_sent_at_the_next_start()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) => receiver.HangAsync(http);
        await using var database = await TestDatabase.NewAsync();
        await using (var service = await ServiceProcess.ListeningAsync(database, Development))
        {
            var workspace = await FillAsync(service, receiver.Address);
            await TouchAsync(service.Client(), workspace);
            await Until.TrueAsync(() => receiver.All.Count == 3);
            var clock = Stopwatch.StartNew();

            service.Terminate();

            (await service.EndAsync()).Should().Be(0);
            clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(8));
            service.Errors.Should().BeEmpty();
        }

        receiver.Answer = (_, http) => WebhookReceiver.StatusAsync(http, 204);
        await using var again = await ServiceProcess.ListeningAsync(database, Development);
        await Until.TrueAsync(() => receiver.All.Count == 6);
        receiver.All.Select(each => each.Id).Distinct().Should().ContainSingle();
    }

    private static async Task<string> FillAsync(ServiceProcess service, string address)
    {
        using var root = service.Client();
        var owner = await IdAsync(root.PostJson("/v1/users", new { name = "Owner", email = "owner@example.com" }));
        var organization = await IdAsync(root.PostJson("/v1/orgs", new { name = "Killed", owner_id = owner }));
        var workspace = await IdAsync(
            root.PostJson("/v1/workspaces", new { organization_id = organization, name = "Killed" }));
        for (var n = 0; n < 3; n++)
        {
            await IdAsync(root.PostJson("/v1/webhooks", new
            {
                organization_id = organization,
                url = $"{address}/{n}",
                events = new[] { "workspace.updated" },
            }));
        }

        return workspace;

        static async Task<string> IdAsync(Task<HttpResponseMessage> made) =>
            (await (await made).Data(HttpStatusCode.Created)).GetProperty("id").GetString()!;
    }

    // Eight writers, until the service is killed: after this time, or a little more. Hands back how many writes were
    // answered.
    private static async Task<int> LoadAsync(ServiceProcess service, string workspace, TimeSpan length)
    {
        var answered = 0;
        var writers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            using var client = service.Client();
            try
            {
                while (await TouchAsync(client, workspace))
                {
                    Interlocked.Increment(ref answered);
                }
            }
            catch (HttpRequestException)
            {
                // It is dead.
            }
        })).ToList();
        await Task.Delay(length);
        await Until.TrueAsync(() => Volatile.Read(ref answered) >= Fewest);
        service.Kill();
        await Task.WhenAll(writers);
        return answered;
    }

    private static async Task<bool> TouchAsync(HttpClient client, string workspace) =>
        (await client.PatchJson($"/v1/workspaces/{workspace}", new { description = $"{Guid.NewGuid()}" }))
            .IsSuccessStatusCode;

    // At each of the three webhooks, and nothing else.
    private static async Task ArrivesAsync(WebhookReceiver receiver, HashSet<string> events)
    {
        for (var n = 0; n < 3; n++)
        {
            var path = $"/{n}";
            await Until.TrueAsync(
                () => events.IsSubsetOf(receiver.On(path).Select(each => each.Id)),
                () => $"{events.Except(receiver.On(path).Select(each => each.Id)).Count()} are missing.");
            receiver.On(path).Select(each => each.Id).Distinct().Should().HaveCount(events.Count);
        }
    }

    private static async Task<HashSet<string>> EventsAsync(TestDatabase database)
    {
        await using var connection = database.Connect();
        await connection.OpenAsync();
        return [.. await connection.QueryAsync<string>("SELECT code FROM events WHERE type = 'workspace.updated'")];
    }

    private static Task PendingEndAsync(TestDatabase database) => Until.TrueAsync(async () =>
    {
        await using var connection = database.Connect();
        await connection.OpenAsync();
        return await connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM webhook_deliveries WHERE status <> 'delivered'") == 0;
    });
}
