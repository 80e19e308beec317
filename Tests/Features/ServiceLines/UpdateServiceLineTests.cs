using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ServiceLines;

[Collection("Clock")]
public sealed class UpdateServiceLineTests(ServiceFixture service)
{
    [Fact]
    public async Task Its_event_shows_of_the_config_only_values_under_harmless_names()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();
        var line = await service.Do(new CreateServiceLine.Command(
            owner, workspace.Id, "Line", "talent", "capacity", "milestone", Config: new() { ["pat"] = "hush-1" }));

        var changed = await service.Do(new UpdateServiceLine.Command(
            owner,
            line.Value.Id,
            new()
            {
                Config = new(new()
                {
                    ["region"] = "eu",
                    ["dsn"] = "hush-2",
                    ["url"] = "https://a:hush@b.example.com",
                }),
            }));

        changed.Value.Config.Text.Should().Contain("hush-1").And.Contain("hush-2");
        (await service.EventsOfAsync(line.Value.Id)).Last().Changes.Should().Be(
            """{"config":[{"pat":"***"},{"pat":"***","region":"eu","dsn":"***","url":"***"}]}""");
    }

    [Fact]
    public async Task Members_that_are_given_change_and_the_others_stay()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id);
        var url = $"/v1/service-lines/{line.Id}";

        var changed = await (await tenant.Client.PatchJson(url, new
        {
            name = " New name ",
            project_tags = new[] { "PROJ-26-000001" },
            config = new { a = 1, b = new { c = 2, d = 3 } },
            subscription_id = "SUB-26-000001",
            starts_at = "2030-01-01T00:00:00Z",
            ends_at = "2031-01-01T00:00:00Z",
        })).Data();
        var merged = await (await tenant.Client.PatchJson(
            url, "{\"config\":{\"a\":null,\"b\":{\"d\":null,\"e\":4}},\"ends_at\":null}")).Data();
        var emptied = await (await tenant.Client.PatchJson(
            url, "{\"config\":null,\"project_tags\":null,\"subscription_id\":null,\"starts_at\":null}")).Data();

        changed.GetProperty("name").GetString().Should().Be("New name");
        changed.GetProperty("starts_at").GetString().Should().Be("2030-01-01T00:00:00Z");
        changed.GetProperty("ends_at").GetString().Should().Be("2031-01-01T00:00:00Z");
        changed.GetProperty("status").GetString().Should().Be("draft");
        merged.GetProperty("config").GetRawText().Should().Be("""{"b":{"c":2,"e":4}}""");
        merged.GetProperty("ends_at").ValueKind.Should().Be(JsonValueKind.Null);
        merged.GetProperty("subscription_id").GetString().Should().Be("SUB-26-000001");
        merged.GetProperty("project_tags").GetArrayLength().Should().Be(1);
        emptied.GetProperty("config").GetRawText().Should().Be("{}");
        emptied.GetProperty("project_tags").GetArrayLength().Should().Be(0);
        emptied.GetProperty("subscription_id").ValueKind.Should().Be(JsonValueKind.Null);
        emptied.GetProperty("starts_at").ValueKind.Should().Be(JsonValueKind.Null);
        emptied.GetProperty("name").GetString().Should().Be("New name");
    }

    [Fact]
    public async Task A_change_appends_an_event_and_no_change_none()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id);
        var owner = await tenant.OwnerAsync();
        service.Clock.Advance(TimeSpan.FromSeconds(2));

        var changed = await service.Do(new UpdateServiceLine.Command(owner, line.Id, new()
        {
            Name = "Other",
            Config = new JsonObject { ["region"] = "eu", ["api_token"] = "hush-hush" },
            ProjectTags = new[] { "a" },
        }));
        var same = await service.Do(new UpdateServiceLine.Command(owner, line.Id, new()
        {
            Name = "Other",
            Config = new JsonObject { ["region"] = "eu" },
            ProjectTags = new[] { "a", "a" },
        }));

        changed.Version.Should().Be(2);
        changed.Value.UpdatedAt.Should().BeAfter(line.UpdatedAt);
        same.Should().BeEquivalentTo(changed);
        var events = await service.EventsOfAsync(line.Id);
        events.Select(e => e.Type).Should().Equal("service_line.created", "service_line.updated");
        events[1].Changes.Should().Contain("\"name\":[\"Line\",\"Other\"]")
            .And.Contain("\"region\"").And.NotContain("hush-hush");
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("terminated")]
    public async Task An_ended_line_stays_as_it_is(string status)
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id, status);

        var response = await tenant.Client.PatchJson($"/v1/service-lines/{line.Id}", new { name = "Other" });

        await response.ShouldBeProblem(HttpStatusCode.Conflict, "invalid_transition");
        (await service.Do(new GetServiceLine.Query(await tenant.OwnerAsync(), line.Id))).Value.Name.Should().Be("Line");
    }

    [Fact]
    public async Task A_stale_edit_is_refused()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id);
        var client = tenant.Client;
        client.DefaultRequestHeaders.IfMatch.Add((await client.GetAsync($"/v1/service-lines/{line.Id}")).Headers.ETag!);

        (await client.PatchJson($"/v1/service-lines/{line.Id}", new { name = "First" })).StatusCode
            .Should().Be(HttpStatusCode.OK);
        await (await client.PatchJson($"/v1/service-lines/{line.Id}", new { name = "Second" }))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
        await (await client.PostJson($"/v1/service-lines/{line.Id}/activate", ""))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    [Theory]
    [InlineData("{\"name\":null}", "/name", "required")]
    [InlineData("{\"name\":\"\"}", "/name", "required")]
    [InlineData("{\"name\":7}", "/name", "wrong_type")]
    [InlineData("{\"project_tags\":[null]}", "/project_tags", "not_allowed")]
    [InlineData("{\"project_tags\":\"a\"}", "/project_tags", "wrong_type")]
    [InlineData("{\"subscription_id\":\" \"}", "/subscription_id", "wrong_form")]
    [InlineData("{\"status\":\"active\"}", "/status", "unknown_member")]
    [InlineData("{\"config\":[]}", "/config", "wrong_type")]
    [InlineData("{\"starts_at\":\"tomorrow\"}", "/starts_at", "wrong_type")]
    [InlineData(
        "{\"starts_at\":\"2030-01-02T00:00:00Z\",\"ends_at\":\"2030-01-01T00:00:00Z\"}", "/ends_at", "out_of_range")]
    public async Task What_is_wrong_is_pointed_at(string body, string pointer, string code)
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id);

        var problem = await (await tenant.Client.PatchJson($"/v1/service-lines/{line.Id}", body))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        var error = problem.GetProperty("errors").EnumerateArray().First();
        (error.GetProperty("pointer").GetString(), error.GetProperty("code").GetString()).Should().Be((pointer, code));
    }

    [Fact]
    public async Task Configuration_may_not_outgrow_its_limit_by_many_patches()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id);
        var owner = await tenant.OwnerAsync();
        await service.Do(new UpdateServiceLine.Command(
            owner, line.Id, new() { Config = new JsonObject { ["a"] = new string('x', 10_000) } }));

        var refused = await service.Refused(new UpdateServiceLine.Command(
            owner, line.Id, new() { Config = new JsonObject { ["b"] = new string('x', 10_000) } }));

        refused.Errors.Should().ContainSingle().Which.Pointer.Should().Be("/config");
    }

    [Fact]
    public async Task Who_sees_a_line_may_not_therefore_change_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id);
        var member = await tenant.NewMemberAsync();
        await tenant.AddToAsync(workspace.Id, member.Id, Roles.Member);
        var reader = service.Client(await tenant.ServiceKeyAsync("secret", null, Permissions.Read, Permissions.Write));
        var stranger = await service.NewTenantAsync();

        await (await member.Client.PatchJson($"/v1/service-lines/{line.Id}", new { name = "Mine" }))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await reader.PatchJson($"/v1/service-lines/{line.Id}", new { name = "Mine" }))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await stranger.Client.PatchJson($"/v1/service-lines/{line.Id}", "{\"nonsense\":"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await stranger.Client.PatchJson($"/v1/service-lines/{line.Id}", new { name = 7 }))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }
}
