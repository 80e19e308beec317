using System.Net;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>Which caches may keep which answers.</summary>
public sealed class CacheHeadersTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Answers_with_a_secret_are_stored_nowhere_and_replays_are_not_either()
    {
        var walk = await RouteWalk.FillAsync(service);
        var invitations = $"/v1/workspaces/{walk.Ids["workspace"]}/invitations";
        var n = 0;
        foreach (var (url, body) in new (string, object)[]
        {
            ("/v1/api-keys", new { name = "CI", type = "secret", organization_id = walk.Tenant.Id }),
            ($"/v1/api-keys/{walk.Ids["key"]}/rotate", new { overlap_seconds = 60 }),
            (invitations, new { email = "one@example.com", role = "member" }),
            (invitations, new { invitations = new[] { new { email = "two@example.com", role = "member" } } }),
            ($"{invitations}/{walk.Ids["invitation"]}/resend", new { }),
        })
        {
            var key = ("Idempotency-Key", $"secret-{n++}");
            var first = await walk.Tenant.Client.PostJson(url, body, key);
            var again = await walk.Tenant.Client.PostJson(url, body, key);

            first.IsSuccessStatusCode.Should().BeTrue($"{url}: {await first.Content.ReadAsStringAsync()}");
            again.Headers.GetValues("Idempotency-Replayed").Should().Equal("true");
            foreach (var answer in new[] { first, again })
            {
                (await answer.Content.ReadAsStringAsync()).Should().MatchRegex("\"(key|token)\": ?\"");
                Header(answer, "Cache-Control").Should().Be("no-store", url);
            }
        }
    }

    [Fact]
    public async Task What_one_can_read_holds_no_secret_and_belongs_to_its_caller()
    {
        var walk = await RouteWalk.FillAsync(service);
        foreach (var (endpoint, _) in RouteWalk.Routes(service).Where(route => route.Method == "GET"))
        {
            var url = walk.Url(endpoint, "GET");

            ShouldBePrivate(await walk.Client(endpoint, "GET").GetAsync(url));
            ShouldBePrivate(await service.Client(null).GetAsync(url));
            ShouldBePrivate(await service.Client(null).PutAsync(url, null));
            ShouldBePrivate(await walk.Client(endpoint, "GET").SendAsync(new(HttpMethod.Head, url)));
        }
    }

    [Theory]
    [InlineData("/v1/nothing")]
    [InlineData("/v1/workspace/0")]
    [InlineData("/api/v4/nothing")]
    [InlineData("/v1/workspaces/WS-26-999999")]
    [InlineData("/docs/index.html")]
    public async Task Errors_and_the_documentation_too(string url) =>
        ShouldBePrivate(await service.Root.GetAsync(url));

    [Fact]
    public async Task Writes_and_304_too_and_204_says_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var made = await tenant.Client.PostJson("/v1/workspaces", new { organization_id = tenant.Id, name = "Made" });
        ShouldBePrivate(made);
        ShouldBePrivate(await tenant.Client.PostJson("/v1/workspaces", new { organization_id = tenant.Id, name = "" }));
        ShouldBePrivate(await tenant.Client.PostJson("/v1/workspace", new { name = "Tape" }));
        ShouldBePrivate(await tenant.Client.PutJson("/api/v4/workspaces", new { workspace = new { name = "V4" } }));
        ShouldBePrivate(await tenant.Client.PutJson("/api/v4/workspaces", new { workspace = 5 }));

        var copy = await tenant.Client.GetAsync(made.Headers.Location);
        var good = await tenant.Client.SendJson(
            HttpMethod.Get, made.Headers.Location!.ToString(), null, ("If-None-Match", copy.Headers.ETag!.ToString()));
        good.StatusCode.Should().Be(HttpStatusCode.NotModified);
        ShouldBePrivate(good);

        var gone = await tenant.Client.DeleteAsync(made.Headers.Location);
        gone.StatusCode.Should().Be(HttpStatusCode.NoContent);
        gone.Headers.CacheControl.Should().BeNull();
    }

    private static void ShouldBePrivate(HttpResponseMessage answer)
    {
        var what = $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri} {(int)answer.StatusCode}";
        Header(answer, "Cache-Control").Split(", ").Should().BeEquivalentTo(["private", "no-cache"], what);
        Header(answer, "Vary").Should().ContainAll("Authorization", "Authentication");
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}
