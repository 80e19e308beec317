using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>
/// On SIGTERM what runs is finished, what waits is written, and the process ends by itself within seconds.
/// </summary>
public sealed class StopTests
{
    [Fact]
    public async Task A_request_that_has_begun_is_finished_and_kept()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var service = await ServiceProcess.ListeningAsync(database);
        var body = """{"name":"Ada","email":"ada@example.com"}""";
        using var slow = await service.ConnectAsync();
        await SendAsync(
            slow,
            $"POST /v1/users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ServiceProcess.RootKey}\r\nContent-Type: "
            + $"application/json\r\nContent-Length: {body.Length}\r\nExpect: 100-continue\r\n\r\n");
        var go = new byte[25];
        await slow.GetStream().ReadExactlyAsync(go).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Encoding.ASCII.GetString(go).Should().Be("HTTP/1.1 100 Continue\r\n\r\n", "the body is being waited for");
        await SendAsync(slow, body[..10]);

        var clock = Stopwatch.StartNew();
        service.Terminate();
        await service.HasSaidAsync("Application is shutting down");
        await SendAsync(slow, body[10..]);

        (await AnswerAsync(slow)).Should().StartWith("HTTP/1.1 201", "{0}", service.Output);
        (await service.EndAsync()).Should().Be(0);
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(9));
        service.Output.Should().Contain("\"path\":\"/v1/users\",\"status\":201");

        await using var again = await ServiceProcess.ListeningAsync(database);
        (await again.Client().PostJson("/v1/users", new { name = "Ada", email = "ada@example.com" })).StatusCode
            .Should().Be(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Idle_connections_do_not_hold_it_up()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var service = await ServiceProcess.ListeningAsync(database);
        using var client = service.Client();
        (await client.GetAsync("/livez")).StatusCode.Should().Be(HttpStatusCode.OK);

        var clock = Stopwatch.StartNew();
        service.Terminate();

        (await service.EndAsync()).Should().Be(0);
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Live_streams_are_ended()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var service = await ServiceProcess.ListeningAsync(database);
        using var one = await EventFollower.OpenAsync(service.Client());
        using var other = await EventFollower.OpenAsync(service.Client(), "?after=0");

        var clock = Stopwatch.StartNew();
        service.Terminate();

        await one.EndAsync();
        await other.EndAsync();
        (await service.EndAsync()).Should().Be(0);
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_request_that_never_ends_and_a_console_that_nobody_reads_hold_it_up_for_less_than_ten_seconds()
    {
        await using var database = await TestDatabase.NewAsync();
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        await using var service = ServiceProcess.Run(
            [
                $"--ConnectionStrings:Workspaces={database.ConnectionString}",
                $"--urls=http://127.0.0.1:{port}",
                $"--Bootstrap:RootKey={ServiceProcess.RootKey}",
            ],
            reading: false);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        for (var tries = 0; tries < 300 && !await IsLiveAsync(client); tries++)
        {
            await Task.Delay(100);
        }

        // More lines than a pipe holds.
        for (var n = 0; n < 1000; n++)
        {
            (await client.GetAsync("/livez")).StatusCode.Should().Be(HttpStatusCode.OK);
        }

        using var endless = new TcpClient();
        await endless.ConnectAsync(IPAddress.Loopback, port);
        await SendAsync(
            endless,
            $"POST /v1/users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ServiceProcess.RootKey}\r\nContent-Type: "
            + "application/json\r\nContent-Length: 100\r\n\r\n{");
        await Task.Delay(200);
        var clock = Stopwatch.StartNew();
        service.Terminate();

        (await service.EndAsync()).Should().Be(0);
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(9.5));
    }

    private static async Task<bool> IsLiveAsync(HttpClient client)
    {
        try
        {
            return (await client.GetAsync("/livez")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task SendAsync(TcpClient client, string text) =>
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));

    private static async Task<string> AnswerAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8, leaveOpen: true);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }
}
