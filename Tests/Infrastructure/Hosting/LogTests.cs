using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using WorkspaceService.Infrastructure.Hosting.Logging;

namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>
/// The log of a real process: one line of JSON a request, complete after a stop, and no secret in it.
/// </summary>
public sealed class LogTests
{
    [Theory]
    [InlineData("Information")]
    [InlineData("Verbose")]
    public async Task No_key_token_query_or_body_is_in_it(string level)
    {
        await using var database = await TestDatabase.NewAsync();
        await using var service = await ServiceProcess.ListeningAsync(
            database, $"--Serilog:MinimumLevel:Default={level}", "--Serilog:MinimumLevel:Override:Microsoft=Verbose");
        const string token = "tokentokentokentokentokentokentokentoken123";
        var root = service.Client();
        var owner =
            await (await root.PostJson("/v1/users", new { name = "Bodytext Person", email = "bodytext@example.com" }))
            .Data(HttpStatusCode.Created);
        var userKey = (await (await root.PostJson(
            "/v1/api-keys", new { name = "Bodytext", type = "user", user_id = owner.GetProperty("id").GetString() }))
            .Data(HttpStatusCode.Created))
            .GetProperty("key").GetString()!;
        await service.Client(userKey).GetAsync("/v1/workspaces/WS-26-000001?q=querytext");
        await service.Client(userKey + "x").GetAsync("/v1/workspaces/WS-26-000001");
        await root.PostJson("/v1/users", new { name = "Bodytext Person", email = "bodytext@example.com" });
        await root.SendJson(HttpMethod.Post, "/v1/users", "{\"name\": \"bodytext");
        foreach (var path in new[]
        {
            $"/v1/invitations/{token}",
            $"/v1/invitations/{token}/accept",
            $"/nowhere/{token}",
            $"/v1/workspaces/{userKey}",
            $"/v1/{userKey[..20]}",
        })
        {
            await root.GetAsync(path);
            await root.PostJson(path, new { name = "Bodytext" });
        }

        service.Terminate();
        await service.EndAsync();

        service.Output.Should().Contain("/v1/invitations/…").And.Contain("\"request_id\":\"req_");
        foreach (var secret in new[]
        {
            ServiceProcess.RootKey,
            userKey,
            userKey[..20],
            token,
            "Bodytext",
            "bodytext",
            "querytext",
        })
        {
            service.Output.Should().NotContain(secret);
            service.Errors.Should().NotContain(secret);
        }
    }

    [Fact]
    public async Task Every_request_is_one_line_of_JSON_and_none_is_lost_by_a_stop()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var service = await ServiceProcess.ListeningAsync(database);
        var client = service.Client();
        await Task.WhenAll(Enumerable.Range(0, 300).Select(n =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/v1/workspaces/WS-26-999999");
            request.Headers.Add("X-Request-Id", $"mine-{n}");
            return client.SendAsync(request);
        }));

        service.Terminate();
        await service.EndAsync();

        var lines = service.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var requests = lines.Where(line => line.GetProperty("source").GetString() == "WorkspaceService.Requests")
            .ToList();
        requests.Select(line => line.GetProperty("request_id").GetString())
            .Should().BeEquivalentTo(Enumerable.Range(0, 300).Select(n => $"mine-{n}"));
        foreach (var line in requests)
        {
            line.GetProperty("level").GetString().Should().Be("Information");
            line.GetProperty("message").GetString().Should().Be("Request answered");
            line.GetProperty("method").GetString().Should().Be("GET");
            line.GetProperty("path").GetString().Should().Be("/v1/workspaces/WS-26-999999");
            line.GetProperty("status").GetInt32().Should().Be(404);
            line.GetProperty("milliseconds").GetDouble().Should().BePositive();
            line.GetProperty("key").GetString().Should().Be("root");
            line.GetProperty("time").GetDateTimeOffset()
                .Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(5));
        }
    }

    [Fact]
    public async Task Requests_do_not_wait_for_a_console_that_nobody_reads()
    {
        await using var database = await TestDatabase.NewAsync();
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        free.Stop();
        await using var service = ServiceProcess.Run(
            [
                $"--ConnectionStrings:Workspaces={database.ConnectionString}",
                $"--urls={address}",
                $"--Bootstrap:RootKey={ServiceProcess.RootKey}",
            ],
            reading: false);
        using var client = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(10) };
        await UntilAsync(async () => (await client.GetAsync("/livez")).IsSuccessStatusCode);

        // Some two hundred bytes each: many times what a pipe holds.
        for (var n = 0; n < 3000; n++)
        {
            (await client.GetAsync("/livez")).StatusCode.Should().Be(HttpStatusCode.OK);
        }

        var clock = Stopwatch.StartNew();
        service.Terminate();
        (await service.EndAsync()).Should().Be(0);
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(8));
    }

    [Theory]
    [InlineData(
        "/v1/workspaces/WS-26-000021/members/USR-26-000044", "/v1/workspaces/WS-26-000021/members/USR-26-000044")]
    [InlineData("/v1/invitations/0123456789012345678901234567890123456789012/accept", "/v1/invitations/…/accept")]
    [InlineData("/v1/secret_key_abc", "/v1/…")]
    [InlineData("/", "/")]
    public void Of_a_path_only_what_is_too_short_for_a_secret_is_shown(string path, string shown) =>
        RequestLogging.Redact(path).Should().Be(shown);

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            try
            {
                if (await holds())
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }

            await Task.Delay(100);
        }

        throw new TimeoutException();
    }
}
