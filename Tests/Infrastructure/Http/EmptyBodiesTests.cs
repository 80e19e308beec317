using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>A POST that needs no body takes none, whatever its client says of the body that is not there.</summary>
public sealed class EmptyBodiesTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=\"utf-8\"")]
    public async Task Every_action_is_done_as_without_a_content_type(string type)
    {
        var walked = 0;
        foreach (var endpoint in Actions())
        {
            var plain = await RouteWalk.FillAsync(service);
            var typed = await RouteWalk.FillAsync(service);

            var expected = await SendAsync(plain, endpoint, null);
            var found = await SendAsync(typed, endpoint, type);

            expected.Should().NotBe(HttpStatusCode.UnsupportedMediaType)
                .And.NotBe(HttpStatusCode.BadRequest).And.NotBe(HttpStatusCode.UnprocessableEntity);
            found.Should().Be(expected, endpoint.RoutePattern.RawText);
            walked++;
        }

        walked.Should().BeGreaterThan(10);
    }

    [Theory]
    [InlineData("/v1/workspaces", "malformed_json")]
    public async Task Where_a_body_is_needed_its_lack_is_said(string url, string code) =>
        await (await service.Root.SendAsync(Post(url, "application/x-www-form-urlencoded")))
            .ShouldBeProblem(HttpStatusCode.BadRequest, code);

    private IEnumerable<RouteEndpoint> Actions() =>
        RouteWalk.Routes(service)
            .Where(r => r.Method == "POST" && r.Endpoint.RoutePattern.Parameters.Count > 0)
            .Where(r => r.Endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is null or { IsOptional: true })
            .Select(r => r.Endpoint);

    private static async Task<HttpStatusCode> SendAsync(RouteWalk walk, RouteEndpoint endpoint, string? type) =>
        (await walk.Client(endpoint, "POST").SendAsync(Post(walk.Url(endpoint, "POST"), type))).StatusCode;

    private static HttpRequestMessage Post(string url, string? type)
    {
        var content = new ByteArrayContent([]);
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        return new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
    }

    public sealed class OverHttp2(Http2Service service) : IClassFixture<Http2Service>
    {
        [Fact]
        public async Task A_body_of_HTTP_2_without_a_length_is_read()
        {
            var content = new StreamContent(new Unseekable("""{"name":"Ada","email":"ada@example.com"}"""u8.ToArray()));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            var answer = await service.Root.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/v1/users")
            {
                Content = content,
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            });

            answer.Version.Should().Be(HttpVersion.Version20);
            await answer.Data(HttpStatusCode.Created);
        }
    }

    public sealed class Http2Service : ServiceFixture
    {
        protected override void Configure(IWebHostBuilder builder) =>
            builder.UseSetting("Kestrel:EndpointDefaults:Protocols", "Http2");
    }

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
