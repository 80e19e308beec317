using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>One try: what is sent, and what the owner of a receiver is told of its answer.</summary>
public sealed class WebhookSenderTests
{
    // The example of the specification, Standard Webhooks 1.0.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly EventObject Sent = new(
        "EVT-26-000317",
        317,
        "workspace.updated",
        DateTimeOffset.FromUnixTimeSeconds(1614265330),
        "ORG-26-090500",
        "WS-26-000021",
        new("user", "USR-26-000044"),
        new("workspace", "WS-26-000021"),
        "req_1",
        new RawJson("""{"name":["Plattform","Größe & <Öl> \"x\""]}"""),
        new string('0', 64),
        new string('1', 64));

    [Fact]
    public void It_signs_as_the_specification_does()
    {
        const string body = """{"test": 2432232314}""";
        var key = Convert.FromBase64String(Secret["whsec_".Length..]);
        var computed = Convert.ToBase64String(HMACSHA256.HashData(
            key, Encoding.UTF8.GetBytes($"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{body}")));

        var signature = WebhookSender.Sign(
            [Secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), body);

        signature.Should().Be($"v1,{computed}").And.Be("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    [Fact]
    public async Task It_posts_the_event_as_json_with_the_three_headers_and_nothing_of_a_trace()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var activity = new System.Diagnostics.Activity("outer").Start();

        var tried = await SendAsync($"{receiver.Address}/hooks?team=7");

        var received = receiver.All.Single();
        (received.Method, received.Path).Should().Be(("POST", "/hooks"));
        received.Headers["Content-Type"].ToString().Should().Be("application/json; charset=utf-8");
        received.Headers["User-Agent"].ToString().Should().StartWith("WorkspaceService/");
        received.Headers.Keys.Should().BeEquivalentTo(
            "Host", "Content-Type", "Content-Length", "User-Agent", "webhook-id", "webhook-timestamp",
            "webhook-signature");
        received.Body.Should().Be(JsonSerializer.Serialize(Sent, JsonConventions.Strict));
        received.Id.Should().Be(Sent.Id);
        new StandardWebhook(Secret).Verify(received.Body, received.Headers);
        (tried.IsDelivered, tried.Attempt.StatusCode, tried.Attempt.Error).Should().Be((true, 204, null));
    }

    [Fact]
    public async Task Each_secret_signs()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (one, other) = (WebhookSecret.Create(), WebhookSecret.Create());

        await SendAsync(receiver.Address, secrets: [one, other]);

        var received = receiver.All.Single();
        received.Signature.Split(' ').Should().HaveCount(2).And.OnlyContain(each => each.StartsWith("v1,"));
        foreach (var (secret, signature) in new[] { one, other }.Zip(received.Signature.Split(' ')))
        {
            var computed = Convert.ToBase64String(HMACSHA256.HashData(
                Convert.FromBase64String(secret["whsec_".Length..]),
                Encoding.UTF8.GetBytes($"{received.Id}.{received.Timestamp}.{received.Body}")));
            signature.Should().Be($"v1,{computed}");
        }

        // The package does not look at the last of several signatures.
        new StandardWebhook(one).Verify(received.Body, received.Headers);
        FluentActions.Invoking(() => new StandardWebhook(WebhookSecret.Create())
            .Verify(received.Body, received.Headers)).Should().Throw<WebhookVerificationException>();
    }

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(204)]
    [InlineData(299)]
    public async Task Any_2xx_is_delivered(int status)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) => WebhookReceiver.StatusAsync(http, status, "");

        var tried = await SendAsync(receiver.Address);

        (tried.IsDelivered, tried.Attempt.StatusCode, tried.Attempt.Error).Should().Be((true, status, null));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_a_failure_and_is_not_followed(int status)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) =>
        {
            http.Response.Headers.Location = "https://hooks.example.com/new";
            return WebhookReceiver.StatusAsync(http, status);
        };

        var tried = await SendAsync(receiver.Address);

        tried.IsDelivered.Should().BeFalse();
        tried.Attempt.Error.Should().StartWith($"It answered {status} ").And.EndWith(
            "Redirects are not followed; give the webhook the address that it leads to: https://hooks.example.com/new");
        receiver.All.Should().ContainSingle();
    }

    [Theory]
    [InlineData(304, "It answered 304 Not Modified. Redirects are not followed; give the webhook the address that it "
        + "leads to.")]
    [InlineData(400, "It answered 400 Bad Request. what it said")]
    [InlineData(401, "It answered 401 Unauthorized. what it said")]
    [InlineData(410, "It answered 410 Gone. what it said")]
    [InlineData(500, "It answered 500 Internal Server Error. what it said")]
    public async Task Any_other_status_is_a_failure_with_what_it_said(int status, string error)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) => status == 304
            ? WebhookReceiver.StatusAsync(http, 304)
            : WebhookReceiver.StatusAsync(http, status, " what\tit\r\nsaid ".Replace("\r\n", " "));

        var tried = await SendAsync(receiver.Address);

        (tried.Attempt.StatusCode, tried.Attempt.Error, tried.IsGone).Should().Be((status, error, status == 410));
    }

    [Fact]
    public async Task Of_a_body_a_kilobyte_is_kept_without_control_characters()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) => WebhookReceiver.StatusAsync(
            http, 500, "\u001b[31mred\0" + new string('x', 2000) + "THE END");

        var error = (await SendAsync(receiver.Address)).Attempt.Error!;

        error.Should().StartWith("It answered 500 Internal Server Error. [31mred xxx").And.NotContain("THE END")
            .And.NotContain("\0").And.NotContain("\u001b");
        error.Length.Should().BeInRange(1000, 1100);
    }

    [Fact]
    public async Task A_body_that_is_cut_in_a_character_or_is_no_text_is_shown_as_far_as_it_goes()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = async (sent, http) =>
        {
            http.Response.StatusCode = 500;
            await http.Response.Body.WriteAsync(
                sent.Path == "/cut" ? Encoding.UTF8.GetBytes("x" + string.Concat(Enumerable.Repeat("é", 1000)))
                : [0xff, 0xfe, 0xed, 0xa0, 0x80]);
        };

        var cut = (await SendAsync($"{receiver.Address}/cut")).Attempt.Error!;
        var none = (await SendAsync($"{receiver.Address}/none")).Attempt.Error!;

        cut.Should().Contain("xéé");
        none.Should().StartWith("It answered 500 Internal Server Error. ");
        foreach (var error in new[] { cut, none })
        {
            JsonSerializer.Deserialize<string>(JsonSerializer.Serialize(error)).Should().Be(error);
        }
    }

    [Fact]
    public async Task A_body_that_does_not_end_is_left_when_the_time_is_over()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = async (_, http) =>
        {
            http.Response.StatusCode = 500;
            await http.Response.WriteAsync("x");
            await http.Response.Body.FlushAsync();
            await receiver.HangAsync(http);
        };

        var tried = await SendAsync(receiver.Address, seconds: 0.5);

        (tried.Attempt.StatusCode, tried.Attempt.Error).Should().Be((500, "It answered 500 Internal Server Error."));
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("0", null)]
    [InlineData("-5", null)]
    [InlineData("soon", null)]
    [InlineData("999999999", 86400)]
    public async Task Retry_after_is_seconds(string value, int? seconds)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) =>
        {
            http.Response.Headers.RetryAfter = value;
            return WebhookReceiver.StatusAsync(http, 503);
        };

        (await SendAsync(receiver.Address)).RetryAfter.Should().Be(
            seconds is { } expected ? TimeSpan.FromSeconds(expected) : null);
    }

    [Theory]
    [InlineData(300, true)]
    [InlineData(-300, false)]
    public async Task Retry_after_is_a_date(int ahead, bool isKept)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) =>
        {
            http.Response.Headers.RetryAfter =
                DateTimeOffset.UtcNow.AddSeconds(ahead).ToString("R", CultureInfo.InvariantCulture);
            return WebhookReceiver.StatusAsync(http, 429);
        };

        var wait = (await SendAsync(receiver.Address)).RetryAfter;

        wait.HasValue.Should().Be(isKept);
        (wait ?? TimeSpan.FromSeconds(299)).TotalSeconds.Should().BeInRange(290, 301);
    }

    [Fact]
    public async Task A_receiver_that_accepts_and_never_answers()
    {
        using var dead = new TcpListener(IPAddress.Loopback, 0);
        dead.Start();

        var tried = await SendAsync($"http://127.0.0.1:{Port(dead)}/", seconds: 0.5);

        (tried.Attempt.StatusCode, tried.Attempt.Error).Should().Be((null, "There was no answer within 0.5 s."));
        tried.Attempt.DurationMs.Should().BeGreaterThan(400);
    }

    [Fact]
    public async Task A_receiver_that_refuses()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = Port(closed);
        closed.Stop();

        (await SendAsync($"http://127.0.0.1:{port}/")).Attempt.Error
            .Should().Be($"127.0.0.1:{port} refused the connection; nothing listens there.");
    }

    [Theory]
    [InlineData("", "{0} closed the connection without an answer.")]
    [InlineData("HTTP/1.1 200 OK", "{0} closed the connection without an answer.")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "What {0} answered is not HTTP.")]
    [InlineData("\0\u0001\u0002\u0003garbage\r\n\r\n", "What {0} answered is not HTTP.")]
    [InlineData("HTTP/1.1 abc\r\n\r\n", "What {0} answered is not HTTP.")]
    public async Task A_receiver_that_answers_what_is_no_http(string answer, string error)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(listener, answer);

        var tried = await SendAsync($"http://127.0.0.1:{Port(listener)}/");

        await answering;
        (tried.Attempt.StatusCode, tried.Attempt.Error)
            .Should().Be((null, string.Format(CultureInfo.InvariantCulture, error, $"127.0.0.1:{Port(listener)}")));
    }

    [Fact]
    public async Task A_reason_of_the_receivers_own_is_one_clean_line()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(
            listener, "HTTP/1.1 500 It\u0001is\u00e9broken\r\nContent-Length: 0\r\n\r\n");

        var error = (await SendAsync($"http://127.0.0.1:{Port(listener)}/")).Attempt.Error!;

        await answering;
        error.Should().StartWith("It answered 500").And.NotContain("\u0001");
    }

    [Fact]
    public async Task Headers_without_an_end_are_a_failure()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, http) =>
        {
            for (var n = 0; n < 100; n++)
            {
                http.Response.Headers[$"X-{n}"] = new string('x', 1000);
            }

            return WebhookReceiver.StatusAsync(http, 200);
        };

        var tried = await SendAsync(receiver.Address);

        tried.IsDelivered.Should().BeFalse();
        tried.Attempt.Error.Should().Contain(receiver.Address["http://".Length..]);
    }

    [Fact]
    public async Task A_name_without_an_address()
    {
        var error = (await SendAsync("http://no-such-name.invalid/")).Attempt.Error;

        error.Should().BeOneOf(
            "The name no-such-name.invalid has no address.",
            "The name no-such-name.invalid could not be looked up just now.");
    }

    [Fact]
    public async Task A_name_that_is_too_long_to_be_looked_up()
    {
        var name = string.Concat(Enumerable.Repeat("long.", 60)) + "example.com";

        (await SendAsync($"http://{name}/")).Attempt.Error.Should().NotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_and_no_tls_at_all()
    {
        using var key = ECDsa.Create();
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var receiver = await WebhookReceiver.StartAsync(listen => listen.UseHttps(certificate));
        await using var plain = await WebhookReceiver.StartAsync();

        foreach (var address in new[] { receiver.Address, plain.Address.Replace("http:", "https:") })
        {
            var tried = await SendAsync(address);

            tried.Attempt.StatusCode.Should().BeNull();
            tried.Attempt.Error.Should().StartWith($"The TLS connection to {new Uri(address).Authority} failed: ");
        }

        receiver.All.Should().BeEmpty();
    }

    [Fact]
    public async Task An_address_without_tls_of_an_earlier_setting_is_sent_nothing()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var sender = new WebhookSender(new() { AllowPrivateNetworks = true }, TimeProvider.System);

        var tried = await sender.SendAsync($"{receiver.Address}/", [Secret], Sent, default);

        tried.Attempt.Error.Should().Be("The address is not https, so nothing was sent.");
        receiver.On("/").Should().BeEmpty();
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1 is not, or does not lead to, a public address, so nothing was sent.")]
    [InlineData("localhost", "localhost is not, or does not lead to, a public address, so nothing was sent.")]
    public async Task The_address_that_is_connected_to_must_be_public(string host, string error)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var connections = 0;
        receiver.Answer = (_, http) =>
        {
            connections++;
            return WebhookReceiver.StatusAsync(http, 204);
        };
        var port = new Uri(receiver.Address).Port;

        var tried = await SendAsync($"http://{host}:{port}/", isPrivateAllowed: false);

        tried.Attempt.StatusCode.Should().BeNull();
        tried.Attempt.Error.Should().Match(error);
        connections.Should().Be(0);
        (await SendAsync($"http://{host}:{port}/")).IsDelivered.Should().BeTrue();
    }

    [Fact]
    public async Task The_service_that_stops_ends_a_try_without_an_answer()
    {
        using var dead = new TcpListener(IPAddress.Loopback, 0);
        dead.Start();
        using var sender = new WebhookSender(
            new() { AllowHttp = true, AllowPrivateNetworks = true }, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var trying = sender.SendAsync($"http://127.0.0.1:{Port(dead)}/", [Secret], Sent, stop.Token);

        await stop.CancelAsync();

        await FluentActions.Awaiting(() => trying).Should().ThrowAsync<OperationCanceledException>();
    }

    private static async Task<Try> SendAsync(
        string url, double seconds = 10, bool isPrivateAllowed = true, string[]? secrets = null)
    {
        using var sender = new WebhookSender(
            new()
            {
                Timeout = TimeSpan.FromSeconds(seconds),
                AllowHttp = true,
                AllowPrivateNetworks = isPrivateAllowed,
            },
            TimeProvider.System);
        return await sender.SendAsync(url, secrets ?? [Secret], Sent, CancellationToken.None);
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    // Reads the request before it answers and closes, so that the answer is not lost by a reset.
    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var read = "";
        var buffer = new byte[8192];
        while (!read.Contains(Sent.Hash, StringComparison.Ordinal))
        {
            read += Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer));
        }

        await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
    }
}
