using System.Net;

namespace WorkspaceService.Infrastructure.Http;

public sealed class HeadRequestsTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    // Those that differ from one request to the next, or belong to the body's transfer.
    private static readonly string[] Changing =
        ["Date", "X-Request-Id", "RateLimit", "Transfer-Encoding", "Content-Length"];

    [Fact]
    public async Task HEAD_is_answered_as_GET_is_on_every_route_and_without_a_body()
    {
        var walk = await RouteWalk.FillAsync(service);
        var walked = new List<string>();
        foreach (var (endpoint, _) in RouteWalk.Routes(service).Where(route => route.Method == "GET"))
        {
            var url = walk.Url(endpoint, "GET");
            var get = await walk.Client(endpoint, "GET").GetAsync(url);
            var head = await walk.Client(endpoint, "GET").SendAsync(new(HttpMethod.Head, url));

            get.StatusCode.Should()
                .Be(HttpStatusCode.OK, "of GET {0}: {1}", url, await get.Content.ReadAsStringAsync());
            head.StatusCode.Should().Be(get.StatusCode, "of HEAD {0}", url);
            HeadersOf(head).Should().BeEquivalentTo(HeadersOf(get), "of HEAD {0}", url);
            (await head.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
            if (get.Headers.TransferEncodingChunked != true)
            {
                head.Content.Headers.ContentLength.Should().Be(get.Content.Headers.ContentLength);
            }

            walked.Add(url);
        }

        walked.Should().HaveCountGreaterThan(30)
            .And.Contain("/api/v4/workspaces").And.Contain("/v1/workspace/org").And.Contain("/openapi/v1.json");
    }

    [Theory]
    [InlineData("/v1/me")]
    [InlineData("/v1/workspace/org")]
    [InlineData("/api/v4/workspaces")]
    public async Task HEAD_without_a_key_is_401_as_GET_is(string url) =>
        (await service.Client(null).SendAsync(new(HttpMethod.Head, url))).StatusCode
            .Should().Be(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task HEAD_of_a_copy_that_is_good_is_304()
    {
        var walk = await RouteWalk.FillAsync(service);
        var url = $"/v1/workspaces/{walk.Ids["workspace"]}";
        var tag = (await walk.Tenant.Client.GetAsync(url)).Headers.ETag!.ToString();

        (await walk.Tenant.Client.SendJson(HttpMethod.Head, url, null, ("If-None-Match", tag))).StatusCode
            .Should().Be(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task HEAD_of_what_GET_does_not_answer_is_405()
    {
        var walk = await RouteWalk.FillAsync(service);
        var routes = RouteWalk.Routes(service).ToList();
        var readable = routes.Where(r => r.Method == "GET").Select(r => r.Endpoint.RoutePattern.RawText).ToHashSet();
        var walked = 0;
        foreach (var (endpoint, method) in routes.Where(r => !readable.Contains(r.Endpoint.RoutePattern.RawText)))
        {
            var answer = await walk.Client(endpoint, method).SendAsync(new(
                HttpMethod.Head, walk.Url(endpoint, method)));

            answer.StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed, walk.Url(endpoint, method));
            answer.Content.Headers.Allow.Should().Contain(method);
            walked++;
        }

        walked.Should().BeGreaterThan(10);
    }

    private static Dictionary<string, string> HeadersOf(HttpResponseMessage answer) =>
        answer.Headers.Concat(answer.Content.Headers)
            .Where(header => !Changing.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value));
}
