using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit.Abstractions;

namespace WorkspaceService.Reliability;

/// <summary>
/// Clients that send half of a request, or slowly, that are only connected, or that read nothing: others are answered
/// all the while, nothing is done for them, and the memory stays small.
/// </summary>
public sealed class SlowClientTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_body_that_stops_half_way_or_drips_is_refused_on_every_surface()
    {
        await using var database = TestDatabase.InFile();
        await using var service = await ServiceProcess.ListeningAsync(database);
        using var root = service.Client();
        using var stop = new CancellationTokenSource();
        var start = Stopwatch.GetTimestamp();
        var slow = new List<Task<string>>();
        foreach (var (method, path) in new[]
        {
            ("POST", "/v1/users"), ("POST", "/v1/workspace"), ("PUT", "/api/v4/workspaces"), ("POST", "/nowhere"),
            ("POST", "/console/sign-in"),
        })
        {
            for (var n = 0; n < 10; n++)
            {
                slow.Add(SendHalfAsync(service, method, path, drips: n % 2 == 1, stop.Token));
            }
        }

        for (var n = 0; n < 20; n++)
        {
            await root.MakeAsync("/v1/users", new { name = "Quick", email = $"quick{n}@example.com" });
        }

        var answers = await Task.WhenAll(slow);
        output.WriteLine($"{slow.Count} bodies refused within {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        answers.Should().OnlyContain(answer => answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal));
        (await root.AllAsync("/v1/users")).Should().HaveCount(20);
        service.Output.Should().NotContain("\"level\":\"Error\"");
    }

    [Fact]
    public async Task Headers_that_never_end_are_given_up()
    {
        await using var database = TestDatabase.InFile();
        await using var service = await ServiceProcess.ListeningAsync(database);
        using var root = service.Client();
        var start = Stopwatch.GetTimestamp();
        var slow = Enumerable.Range(0, 100).Select(async _ =>
        {
            using var client = await service.ConnectAsync();
            await SendAsync(client, "GET /v1/users HTTP/1.1\r\nHost: x\r\nX-Slow: ");
            return await DripAsync(client, CancellationToken.None);
        }).ToList();

        while (!slow.TrueForAll(one => one.IsCompleted))
        {
            (await root.GetAsync("/v1/users")).StatusCode.Should().Be(HttpStatusCode.OK);
            await Task.Delay(100);
        }

        output.WriteLine($"100 given up after {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        (await Task.WhenAll(slow)).Should().OnlyContain(
            answer => answer.Length == 0 || answer.StartsWith("HTTP/1.1 408", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Five_thousand_idle_connections_hold_nobody_up()
    {
        await using var database = TestDatabase.InFile();
        await using var service = await ServiceProcess.ListeningAsync(database);
        using var root = service.Client();
        await root.MakeAsync("/v1/users", new { name = "Ada", email = "ada@example.com" });
        var before = service.Megabytes("VmRSS");
        var idle = new List<TcpClient>();
        try
        {
            for (var n = 0; n < 5000; n++)
            {
                var client = await service.ConnectAsync();
                idle.Add(client);
                if (n % 2 == 0)
                {
                    await SendAsync(client, "GET /v1/users HTTP/1.1\r\nHost: ");
                }
            }

            var start = Stopwatch.GetTimestamp();
            for (var n = 0; n < 100; n++)
            {
                using var client = service.Client();
                await client.MakeAsync("/v1/users", new { name = "Other", email = $"other{n}@example.com" });
                (await client.GetAsync("/v1/users?limit=20")).StatusCode.Should().Be(HttpStatusCode.OK);
            }

            var grown = service.Megabytes("VmRSS") - before;
            output.WriteLine($"5,000 idle connections: {grown:0} MB, and 100 clients answered in "
                + $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
            grown.Should().BeLessThan(150);
            service.Terminate();
            (await service.EndAsync()).Should().Be(0);
        }
        finally
        {
            idle.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task Clients_that_stop_reading_hold_up_nobody_and_no_stop()
    {
        await using var database = TestDatabase.InFile();
        await using var service = await ServiceProcess.ListeningAsync(database);
        using var root = service.Client();
        var estate = await Estate.MakeAsync(root);
        for (var call = 0; call < 20; call++)
        {
            (await root.PostJson($"/v1/workspaces/{estate.Workspace}/invitations", new
            {
                invitations = Enumerable.Range(0, 500).Select(
                    n => new { email = $"person{n}.of.call{call}.{new string('x', 40)}@example.com", role = "member" }),
            })).StatusCode.Should().Be(HttpStatusCode.OK);
        }

        var export = await root.GetByteArrayAsync($"/v1/audit-logs/export?organization_id={estate.Organization}");
        export.Should().HaveCountGreaterThan(5_000_000, "it has to be more than the system's buffers take");
        var before = service.Megabytes("VmRSS");
        var stalled = new List<TcpClient>();
        try
        {
            for (var n = 0; n < 90; n++)
            {
                var client = new TcpClient { ReceiveBufferSize = 4096 };
                stalled.Add(client);
                var address = new Uri(service.Address);
                await client.ConnectAsync(address.Host, address.Port);
                await SendAsync(client, $"GET {(n % 3) switch
                {
                    0 => $"/v1/audit-logs/export?organization_id={estate.Organization}",
                    1 => $"/v1/audit-logs/export?organization_id={estate.Organization}&format=csv",
                    _ => "/v1/events/stream?after=0",
                }} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ServiceProcess.RootKey}\r\n\r\n");
            }

            var highest = 0.0;
            for (var n = 0; n < 100; n++)
            {
                await root.MakeAsync("/v1/users", new { name = "Other", email = $"other{n}@example.com" });
                (await root.GetAsync($"/v1/events?limit=100&organization_id={estate.Organization}")).StatusCode
                    .Should().Be(HttpStatusCode.OK);
                highest = Math.Max(highest, service.Megabytes("VmRSS") - before);
                await Task.Delay(20);
            }

            var start = Stopwatch.GetTimestamp();
            service.Terminate();
            (await service.EndAsync()).Should().Be(0);
            var stopped = Stopwatch.GetElapsedTime(start);
            output.WriteLine($"90 that read nothing of {export.Length / 1e6:0.0} MB: {highest:0} MB more at most, "
                + $"stopped within {stopped.TotalSeconds:0.0} s");
            highest.Should().BeLessThan(250, "an answer of {0} bytes is not kept for each", export.Length);
            stopped.Should().BeLessThan(TimeSpan.FromSeconds(9.5));
        }
        finally
        {
            stalled.ForEach(client => client.Dispose());
        }
    }

    private static async Task<string> SendHalfAsync(
        ServiceProcess service, string method, string path, bool drips, CancellationToken stop)
    {
        using var client = await service.ConnectAsync();
        await SendAsync(
            client,
            $"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ServiceProcess.RootKey}\r\nContent-Type: "
            + "application/json\r\nContent-Length: 4000\r\n\r\n{\"name\": \"half");
        return drips ? await DripAsync(client, stop) : await AnswerAsync(client);
    }

    // A byte every half second, until there is an answer.
    private static async Task<string> DripAsync(TcpClient client, CancellationToken stop)
    {
        var answer = AnswerAsync(client);
        while (!answer.IsCompleted && !stop.IsCancellationRequested)
        {
            try
            {
                await SendAsync(client, "x");
            }
            catch (IOException)
            {
                break;
            }

            await Task.WhenAny(answer, Task.Delay(500, stop));
        }

        return await answer;
    }

    private static async Task SendAsync(TcpClient client, string text) =>
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));

    // All until the other side closes; empty where it closes without a word.
    private static async Task<string> AnswerAsync(TcpClient client)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            for (int read; (read = await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(Patience)) > 0;)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // Reset, because it had sent more than was read.
        }

        return text.ToString();
    }
}
