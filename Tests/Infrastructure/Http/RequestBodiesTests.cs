using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>Charsets and content codings of request bodies, on each surface.</summary>
public sealed class RequestBodiesTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Name = "Zażółć é ümlaut";

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("application/json;charset=UTF8")]
    [InlineData("application/json; charset=\"utf8\"")]
    [InlineData("application/json; charset=unicode-1-1-utf-8")]
    [InlineData("application/json; charset=csUTF8")]
    [InlineData("application/merge-patch+json; charset=\"UTF-8\"")]
    public async Task UTF_8_is_read_under_any_of_its_names(string type)
    {
        foreach (var write in await WritesAsync())
        {
            (await write.SendAsync(Encoding.UTF8.GetBytes(write.Body(Name)), type)).IsSuccessStatusCode
                .Should().BeTrue(write.Surface);
            (await write.NameAsync()).Should().Be(Name, write.Surface);
        }
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("UTF-16BE")]
    [InlineData("utf-32")]
    [InlineData("iso-8859-1")]
    [InlineData("\"ISO-8859-1\"")]
    [InlineData("latin1")]
    public async Task Another_charset_is_decoded(string charset)
    {
        var name = charset.Contains("utf", StringComparison.OrdinalIgnoreCase) ? Name : "é ümlaut";
        foreach (var write in await WritesAsync())
        {
            var body = Encoding.GetEncoding(charset.Trim('"')).GetBytes(write.Body(name));

            (await write.SendAsync(body, $"application/json; charset={charset}")).IsSuccessStatusCode
                .Should().BeTrue(write.Surface);
            (await write.NameAsync()).Should().Be(name, write.Surface);
        }
    }

    [Theory]
    [InlineData("klingon")]
    [InlineData("\"x y\"")]
    [InlineData("\"\"")]
    [InlineData("utf-7")]
    [InlineData("x-unheard-of")]
    [InlineData("'utf-8'")]
    public async Task An_unknown_charset_is_415(string charset)
    {
        foreach (var write in await WritesAsync())
        {
            await write.ShouldBeRefusedAsync(
                await write.SendAsync(Encoding.UTF8.GetBytes(write.Body(Name)), $"application/json; charset={charset}"),
                HttpStatusCode.UnsupportedMediaType,
                "unsupported_media_type");
        }
    }

    [Theory]
    [InlineData("us-ascii")]
    public async Task Bytes_that_are_no_text_in_their_charset_are_malformed(string charset)
    {
        foreach (var write in await WritesAsync())
        {
            await write.ShouldBeRefusedAsync(
                await write.SendAsync(
                    Encoding.Latin1.GetBytes(write.Body("é ümlaut")), $"application/json; charset={charset}"),
                HttpStatusCode.BadRequest,
                "malformed_json");
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("identity")]
    public async Task A_coded_body_is_decoded(string coding)
    {
        foreach (var write in await WritesAsync())
        {
            (await write.SendAsync(
                Code(coding, write.Body(Name)), "application/json; charset=\"utf-8\"", coding)).IsSuccessStatusCode
                .Should().BeTrue(write.Surface);
            (await write.NameAsync()).Should().Be(Name, write.Surface);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task The_limit_holds_for_what_a_coded_body_becomes(string coding)
    {
        foreach (var write in await WritesAsync())
        {
            foreach (var key in new[] { null, "large" })
            {
                await write.ShouldBeRefusedAsync(
                    await write.SendAsync(
                        Code(coding, write.Body(new string('x', 2 * 1024 * 1024))), "application/json", coding, key),
                    HttpStatusCode.RequestEntityTooLarge,
                    "payload_too_large");
            }
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_body_that_is_not_coded_as_it_says_is_malformed(string coding)
    {
        foreach (var write in await WritesAsync())
        {
            var broken = Code(coding, write.Body(Name))[..^12];
            foreach (var body in new[] { Encoding.UTF8.GetBytes(write.Body(Name)), broken })
            {
                foreach (var key in new[] { null, "broken" })
                {
                    await write.ShouldBeRefusedAsync(
                        await write.SendAsync(body, "application/json", coding, key),
                        HttpStatusCode.BadRequest,
                        "malformed_json");
                }
            }
        }
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip, br")]
    [InlineData("compress")]
    public async Task Another_coding_is_415(string coding)
    {
        foreach (var write in await WritesAsync())
        {
            await write.ShouldBeRefusedAsync(
                await write.SendAsync(Code("gzip", write.Body(Name)), "application/json", coding),
                HttpStatusCode.UnsupportedMediaType,
                "unsupported_media_type");
        }
    }

    [Fact]
    public async Task A_coded_request_is_replayed_under_its_idempotency_key()
    {
        var tenant = await service.NewTenantAsync();
        var body = Code("gzip", $$"""{"organization_id":"{{tenant.Id}}","name":"Once"}""");
        var write = new Write("native", tenant.Client, HttpMethod.Post, "/v1/workspaces", _ => "", null!);

        var first = await write.SendAsync(body, "application/json", "gzip", "once");
        var second = await write.SendAsync(body, "application/json", "gzip", "once");

        await first.Data(HttpStatusCode.Created);
        second.Headers.GetValues("Idempotency-Replayed").Should().Equal("true");
    }

    private static byte[] Code(string coding, string body)
    {
        using var coded = new MemoryStream();
        Stream coder = coding.ToLowerInvariant() switch
        {
            "gzip" => new GZipStream(coded, CompressionLevel.Fastest),
            "br" => new BrotliStream(coded, CompressionLevel.Fastest),
            "deflate" => new ZLibStream(coded, CompressionLevel.Fastest),
            _ => coded,
        };
        coder.Write(Encoding.UTF8.GetBytes(body));
        coder.Dispose();
        return coded.ToArray();
    }

    // A write of each surface that changes the name of a workspace.
    private async Task<List<Write>> WritesAsync()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        async Task<string> NameAsync() =>
            (await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}")).Data())
                .GetProperty("name").GetString()!;
        return
        [
            new("native", tenant.Client, HttpMethod.Patch, $"/v1/workspaces/{workspace.Id}", Plain, NameAsync),
            new("tape", tenant.Client, HttpMethod.Put, $"/v1/workspace/{workspace.Id.Number()}", Plain, NameAsync),
            new("v4", tenant.Client, HttpMethod.Put, "/api/v4/workspaces", Within, NameAsync),
        ];

        static string Plain(string name) => $$"""{"name":{{Text(name)}}}""";

        static string Within(string name) => $$$"""{"workspace":{"name":{{{Text(name)}}}}}""";

        static string Text(string name) => JsonSerializer.Serialize(name, Unescaped);
    }

    private static readonly JsonSerializerOptions Unescaped = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private sealed record Write(
        string Surface,
        HttpClient Client,
        HttpMethod Method,
        string Url,
        Func<string, string> Body,
        Func<Task<string>> NameAsync)
    {
        public Task<HttpResponseMessage> SendAsync(
            byte[] body, string type, string? coding = null, string? idempotencyKey = null)
        {
            var content = new ByteArrayContent(body);
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            if (coding is not null)
            {
                content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
            }

            var request = new HttpRequestMessage(Method, Url) { Content = content };
            if (idempotencyKey is not null)
            {
                request.Headers.Add("Idempotency-Key", idempotencyKey);
            }

            return Client.SendAsync(request);
        }

        public async Task ShouldBeRefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
        {
            switch (Surface)
            {
                case "native":
                    await answer.ShouldBeProblem(status, code);
                    break;
                case "tape":
                    await answer.ShouldBeTapeError(status, code switch
                    {
                        "malformed_json" => "invalid_json",
                        "payload_too_large" => "request_too_large",
                        _ => code,
                    });
                    break;
                default:
                    answer.StatusCode.Should().Be(status, await answer.Content.ReadAsStringAsync());
                    (await answer.Json()).GetProperty("message").GetString().Should().NotBeNullOrEmpty();
                    break;
            }
        }
    }
}
