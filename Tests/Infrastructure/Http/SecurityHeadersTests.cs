namespace WorkspaceService.Infrastructure.Http;

/// <summary>A browser does nothing with an answer but show it.</summary>
public sealed class SecurityHeadersTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Closed = "default-src 'none'; frame-ancestors 'none'";

    [Fact]
    public async Task Every_answer_of_every_route_has_them_errors_included()
    {
        var walk = await RouteWalk.FillAsync(service);
        foreach (var (endpoint, method) in RouteWalk.Routes(service))
        {
            var url = walk.Url(endpoint, method);
            foreach (var client in new[] { walk.Client(endpoint, method), service.Client(null) })
            {
                using var request = new HttpRequestMessage(new(method), url);
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                ShouldBeClosed(answer, $"{method} {url} is {(int)answer.StatusCode}");
                Header(answer, "Content-Security-Policy").Should().Be(Closed, url);
            }
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v1/nothing")]
    [InlineData("/v1/workspace/0")]
    [InlineData("/api/v4/nothing")]
    [InlineData("/docs/index.html")]
    [InlineData("/docs/swagger-ui.css")]
    [InlineData("/console/sign-in")]
    [InlineData("/console/nothing")]
    [InlineData("/livez")]
    public async Task What_is_not_there_and_what_is_for_people_has_them_too(string url)
    {
        using var answer = await service.Client(null).GetAsync(url);

        ShouldBeClosed(answer, url);
        Header(answer, "Content-Security-Policy").Should().StartWith("default-src 'none'; ")
            .And.EndWith("frame-ancestors 'none'").And.NotContain("unsafe");
    }

    [Theory]
    [InlineData("https", true)]
    [InlineData("https, http", true)] // two proxies: the first is the browser's
    [InlineData("http", false)]
    [InlineData("ftp", false)]
    [InlineData("ftp, https", false)]
    [InlineData("", false)]
    public async Task A_browser_that_came_by_https_is_told_to_keep_to_it_and_no_other(string scheme, bool isSecure)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/me");
        request.Headers.Add("X-Forwarded-Proto", scheme);

        using var answer = await service.Root.SendAsync(request);

        Header(answer, "Strict-Transport-Security").Should().Be(isSecure ? "max-age=31536000" : null);
    }

    [Fact]
    public async Task Without_a_proxy_nothing_is_said_of_https() =>
        (await service.Root.GetAsync("/v1/me")).Headers.Contains("Strict-Transport-Security").Should().BeFalse();

    private static void ShouldBeClosed(HttpResponseMessage answer, string because)
    {
        Header(answer, "X-Content-Type-Options").Should().Be("nosniff", because);
        Header(answer, "X-Frame-Options").Should().Be("DENY", because);
        Header(answer, "Referrer-Policy").Should().BeOneOf(["no-referrer", "same-origin"], because);
        answer.Headers.Contains("Server").Should().BeFalse(because);
        answer.Headers.Contains("X-Powered-By").Should().BeFalse(because);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join("; ", values) : null;
}
