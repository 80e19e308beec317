using System.Net;

namespace WorkspaceService.Infrastructure.Json;

/// <summary>
/// How deep JSON may be nested: 32 levels in a request, the body being the first; what is stored is read.
/// </summary>
public sealed class DepthTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Thirty_two_levels_are_taken_and_one_more_is_malformed_wherever_it_is()
    {
        var walk = await RouteWalk.FillAsync(service);
        var workspace = walk.Ids["workspace"];
        var n = 0;
        foreach (var (method, url, at, body) in new (string, string, int, Func<string, string>)[]
        {
            ("POST", "/v1/workspaces", 2, deep =>
                $$"""{"organization_id":"{{walk.Tenant.Id}}","name":"W{{n}}","settings":{{deep}}}"""),
            ("PATCH", $"/v1/workspaces/{workspace}", 2, deep => $$"""{"settings":{{deep}}}"""),
            ("PATCH", $"/v1/orgs/{walk.Tenant.Id}", 2, deep => $$"""{"settings":{{deep}}}"""),
            ("PATCH", $"/v1/service-lines/{walk.Ids["serviceLine"]}", 2, deep => $$"""{"config":{{deep}}}"""),
            ("POST", "/v1/integrations", 2, deep =>
                $$"""{"workspace_id":"{{walk.Ids["closed"]}}","type":"github","config":{{deep}}}"""),
        })
        {
            foreach (var key in method == "POST" ? new[] { null, "a" } : [null])
            {
                n++;
                (string, string)[] headers = key is null ? [] : [("Idempotency-Key", $"{key}{n}")];
                var tooDeep = await walk.Tenant.Client.SendJson(new(method), url, body(Nested(33 - at + 1)), headers);
                await tooDeep.ShouldBeProblem(HttpStatusCode.BadRequest, "malformed_json");

                var taken = await walk.Tenant.Client.SendJson(new(method), url, body(Nested(32 - at + 1)), headers);
                if (url != "/v1/integrations" || key is null)
                {
                    taken.IsSuccessStatusCode.Should()
                        .BeTrue($"{method} {url} {key}: {await taken.Content.ReadAsStringAsync()}");
                }
            }
        }
    }

    [Fact]
    public async Task A_member_that_nobody_knows_counts_too()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var tape = $"/v1/workspace/{workspace.Id.Number()}";

        (await tenant.Client.PutJson(tape, $$"""{"name":"A","x":{{Nested(31)}}}""")).StatusCode
            .Should().Be(HttpStatusCode.OK);
        await (await tenant.Client.PutJson(tape, $$"""{"name":"B","x":{{Nested(32)}}}"""))
            .ShouldBeTapeError(HttpStatusCode.BadRequest, "invalid_json");

        const string V4 = "/api/v4/workspaces";
        (await tenant.Client.PutJson(V4, $$$"""{"workspace":{"name":"C","x":{{{Nested(30)}}}}}""")).StatusCode
            .Should().Be(HttpStatusCode.OK);
        var refused = await tenant.Client.PutJson(V4, $$$"""{"workspace":{"name":"D","x":{{{Nested(31)}}}}}""");
        refused.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await refused.Json()).GetProperty("message").GetString().Should().NotBeNullOrEmpty();

        (await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}")).Data())
            .GetProperty("name").GetString().Should().Be("C");
    }

    [Fact]
    public async Task A_batch_is_refused_as_a_whole_and_nothing_of_it_is_stored()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, "active");
        var good = $$"""
            {"id":"deep-1","service_line_id":"{{line.Id}}","metric":"hours","quantity":1,"unit":"hour","cost":1,
             "currency":"USD","occurred_at":"2026-11-01T00:00:00Z"}
            """;

        await (await tenant.Client.PostJson(
            "/v1/metering/events", $$"""{"events":[{{good}},{"id":"deep-2","x":{{Nested(30)}}}]}"""))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "malformed_json");
        (await service.ReadAsync<long>("SELECT COUNT(*) FROM metering_events WHERE event_id = 'deep-1'")).Single()
            .Should().Be(0);

        var results = await (await tenant.Client.PostJson(
            "/v1/metering/events", $$"""{"events":[{{good}},{"id":"deep-2","x":{{Nested(29)}}}]}""")).Data();
        results.EnumerateArray().Select(r => r.GetProperty("result").GetString())
            .Should().Equal("accepted", "rejected");
    }

    [Fact]
    public async Task Settings_that_deep_can_be_changed_again_and_their_events_read()
    {
        var tenant = await service.NewTenantAsync();
        var made = await (await tenant.Client.SendJson(
            HttpMethod.Post,
            "/v1/workspaces",
            $$"""{"organization_id":"{{tenant.Id}}","name":"Deep","settings":{{Nested(31)}}}""",
            ("Idempotency-Key", "deep"))).Data(HttpStatusCode.Created);
        var url = $"/v1/workspaces/{made.GetProperty("id").GetString()}";

        await (await tenant.Client.PatchJson(url, $$$"""{"settings":{"theme":"dark","b":{{{Nested(30)}}}}}""")).Data();
        (await tenant.Client.GetAsync(url)).StatusCode.Should().Be(HttpStatusCode.OK);
        await EventsShouldBeReadAsync(tenant);
    }

    [Fact]
    public async Task What_an_earlier_version_stored_deeper_can_be_read_and_changed()
    {
        var walk = await RouteWalk.FillAsync(service);
        var deep = new
        {
            Deep = Nested(60),
            Id = walk.Ids["workspace"],
            Org = walk.Tenant.Id,
            L = walk.Ids["serviceLine"],
        };
        await service.ArrangeAsync("UPDATE workspaces SET settings = @Deep WHERE code = @Id", deep);
        await service.ArrangeAsync("UPDATE organizations SET settings = @Deep WHERE code = @Org", deep);
        await service.ArrangeAsync("UPDATE service_lines SET config = @Deep WHERE code = @L", deep);

        foreach (var (url, body) in new (string, object)[]
        {
            ($"/v1/workspaces/{walk.Ids["workspace"]}", new { settings = new { theme = "dark" } }),
            ($"/v1/workspaces/{walk.Ids["workspace"]}", new { settings = new { a = "flat" } }),
            ($"/v1/orgs/{walk.Tenant.Id}", new { settings = new { theme = "dark" } }),
            ($"/v1/service-lines/{walk.Ids["serviceLine"]}", new { config = new { theme = "dark" } }),
        })
        {
            (await walk.Tenant.Client.GetAsync(url)).StatusCode.Should().Be(HttpStatusCode.OK, url);
            var changed = await walk.Tenant.Client.PatchJson(url, body);
            changed.StatusCode.Should().Be(HttpStatusCode.OK, await changed.Content.ReadAsStringAsync());
        }

        await EventsShouldBeReadAsync(walk.Tenant);
        var again = await walk.Tenant.Client.SendJson(
            HttpMethod.Post,
            $"/v1/workspaces/{walk.Ids["workspace"]}/archive",
            null,
            ("Idempotency-Key", "archive"));
        again.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    // As many objects inside one another, the innermost empty.
    private static string Nested(int levels) =>
        string.Concat(Enumerable.Repeat("{\"a\":", levels - 1)) + "{}" + new string('}', levels - 1);

    private static async Task EventsShouldBeReadAsync(Tenant tenant)
    {
        var answer = await tenant.Client.GetAsync($"/v1/events?organization_id={tenant.Id}&limit=100");
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("\"theme\"");
    }
}
