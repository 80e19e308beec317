using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// A secret is shown to whom it is issued, and to nobody else: it is not in the log, in an error, in an event or in a
/// trace.
/// </summary>
public sealed class SecretsTests
{
    private const string Hurry = "export OTEL_BSP_SCHEDULE_DELAY=100 OTEL_BLRP_SCHEDULE_DELAY=100 "
        + "OTEL_METRIC_EXPORT_INTERVAL=200 OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf";

    private const string Password = "hunter2-of-the-integration";

    [Fact]
    public async Task None_is_in_anything_that_a_service_says_however_much_it_says()
    {
        await using var database = await TestDatabase.NewAsync();
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await ServiceProcess.ListeningAsync(
            database,
            $"{Hurry} OTEL_EXPORTER_OTLP_ENDPOINT={receiver.Address}",
            ["--Serilog:MinimumLevel:Default=Verbose", "--Serilog:MinimumLevel:Override:Microsoft=Verbose"]);
        using var root = service.Client();
        var organization = await SurfaceWalk.WalkAsync(service, "secrets");
        var secrets = new HashSet<string> { ServiceProcess.RootKey, Password };
        var errors = new StringBuilder();
        var workspace = (await DoAsync(root, HttpMethod.Get, $"/v1/workspaces?organization_id={organization}"))[0]
            .GetProperty("id").GetString();

        await DoAsync(root, HttpMethod.Post, "/v1/integrations", new
        {
            workspace_id = workspace,
            type = "github",
            config = new { org = "apex", access_token = Password },
        });
        var key = await DoAsync(root, HttpMethod.Post, "/v1/api-keys", new
        {
            name = "CI",
            type = "secret",
            organization_id = organization,
        });
        await DoAsync(root, HttpMethod.Post, $"/v1/api-keys/{Id(key)}/rotate", new { overlap_seconds = 60 });
        var webhook = await DoAsync(root, HttpMethod.Post, "/v1/webhooks", new
        {
            organization_id = organization,
            url = "https://hooks.example.com/",
            events = new[] { "*" },
        });
        await DoAsync(root, HttpMethod.Post, $"/v1/webhooks/{Id(webhook)}/rotate-secret", new { overlap_seconds = 60 });
        var invitations = $"/v1/workspaces/{workspace}/invitations";
        var invitation = await DoAsync(
            root, HttpMethod.Post, invitations, new { email = "new@example.com", role = "member" });
        await DoAsync(root, HttpMethod.Post, $"{invitations}/{Id(invitation)}/resend");
        foreach (var secret in secrets.Where(its => its != Password).ToList())
        {
            // Where a caller may put it, in place and out of place.
            await TryAsync(HttpMethod.Get, "/v1/me", header: ("Authorization", $"Bearer {secret}"));
            await TryAsync(HttpMethod.Get, "/v1/me", header: ("Authentication", $"Bearer {secret}"));
            await TryAsync(HttpMethod.Get, $"/v1/workspaces?q={secret}");
            await TryAsync(HttpMethod.Get, $"/v1/workspaces/{secret}");
            await TryAsync(HttpMethod.Get, $"/v1/invitations/{secret}");
            await TryAsync(HttpMethod.Post, $"/v1/invitations/{secret}/accept", new { name = "New Person" });
            await TryAsync(HttpMethod.Get, $"/api/v4/{secret}");
            await TryAsync(HttpMethod.Delete, $"/v1/webhooks/{secret}");
            await TryAsync(HttpMethod.Post, "/v1/api-keys", new { name = "x", type = secret });
        }

        await DoAsync(root, HttpMethod.Delete, $"/v1/api-keys/{Id(key)}");
        var events = await root.GetStringAsync($"/v1/events?organization_id={organization}&limit=100");
        var audit = await root.GetStringAsync($"/v1/audit-logs?organization_id={organization}&limit=100");
        await OtlpReceiver.UntilAsync(
            () => receiver.Spans.FirstOrDefault(span => span.Name == "DELETE /v1/api-keys/{key}"));
        service.Terminate();
        await service.EndAsync();

        secrets.Count.Should().BeGreaterThan(7, "keys, tokens and secrets were shown");
        service.Output.Should().Contain("DELETE").And.Contain("/v1/invitations/…");
        errors.Length.Should().BePositive();
        foreach (var secret in secrets)
        {
            service.Output.Should().NotContain(secret);
            service.Errors.Should().NotContain(secret);
            events.Should().NotContain(secret);
            audit.Should().NotContain(secret);
            receiver.Bytes.Contains(secret, StringComparison.Ordinal).Should().BeFalse("no trace has " + secret[..12]);
            errors.ToString().Should().NotContain(secret);
        }

        async Task<JsonElement> DoAsync(HttpClient client, HttpMethod method, string url, object? body = null)
        {
            using var answer = await SendAsync(client, method, url, body, null);
            answer.IsSuccessStatusCode.Should().BeTrue($"{method} {url} is {(int)answer.StatusCode}");
            var text = await answer.Content.ReadAsStringAsync();
            secrets.UnionWith(Recording.SecretsIn(text));
            return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.GetProperty("data");
        }

        async Task TryAsync(
            HttpMethod method, string url, object? body = null, (string Name, string Value)? header = null)
        {
            using var answer = await SendAsync(header is null ? root : service.Client(null), method, url, body, header);
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode >= HttpStatusCode.BadRequest)
            {
                errors.Append(answer.Headers).AppendLine(text);
            }
        }
    }

    [RecordedFact]
    public void None_is_in_anything_that_a_whole_run_said()
    {
        var folder = RecordedFactAttribute.Folder!;
        foreach (var file in new[] { "log.txt", "errors.txt", "events.txt" })
        {
            new FileInfo(Path.Combine(folder, file)).Length.Should().BeGreaterThan(100_000, file);
        }

        Recording.Leaks(folder).Should().BeEmpty();
    }

    private static string Id(JsonElement thing) => thing.GetProperty("id").GetString()!;

    private static Task<HttpResponseMessage> SendAsync(
        HttpClient client, HttpMethod method, string url, object? body, (string Name, string Value)? header)
    {
        var request = new HttpRequestMessage(method, url);
        if (body is not null)
        {
            request.Content = new StringContent(
                JsonSerializer.Serialize(body), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        if (header is { } its)
        {
            request.Headers.TryAddWithoutValidation(its.Name, its.Value);
        }

        return client.SendAsync(request);
    }
}
