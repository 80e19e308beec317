using System.Net;
using System.Text.Json;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// Every request of the native surface's seed, as the seed writes it, against the demo: the answer shows every member
/// that the seed shows, with the seed's value, and may show more.
/// </summary>
public static class SeedScrumsTests
{
    [Collection("Demo")]
    public sealed class Reads(DemoFixture service)
    {
        [Fact]
        public async Task List_the_workspaces_of_an_organization()
        {
            var answer = await Json(await (await ClientAsync(service)).GetAsync(
                "/v1/workspaces?organization_id=ORG-26-090500"));

            ShouldShow(answer.GetProperty("data")[0], """
                {
                  "id": "WS-26-000021",
                  "organization_id": "ORG-26-090500",
                  "name": "Platform Engineering",
                  "slug": "platform-engineering",
                  "status": "active",
                  "member_count": 14,
                  "active_service_lines": 6,
                  "created_at": "2024-03-15T10:00:00Z",
                  "updated_at": "2026-04-01T09:00:00Z"
                }
                """);
            ShouldShow(answer.GetProperty("meta"), """{ "cursor": null, "has_more": false }""");
            answer.EnumerateObject().Select(member => member.Name).Should().Equal("data", "meta");
            answer.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("id").GetString())
                .Should().Equal("WS-26-000021", "WS-26-000091");
        }

        [Fact]
        public async Task Get_a_workspace_with_its_summary_metrics()
        {
            var answer = await Json(await (await ClientAsync(service)).GetAsync("/v1/workspaces/WS-26-000021"));

            ShouldShow(answer, """
                {
                  "data": {
                    "id": "WS-26-000021",
                    "organization_id": "ORG-26-090500",
                    "name": "Platform Engineering",
                    "slug": "platform-engineering",
                    "status": "active",
                    "settings": {
                      "default_currency": "USD",
                      "require_task_service_line": true
                    },
                    "member_count": 14,
                    "active_service_lines": 6,
                    "health_score": 87,
                    "cost_mtd": 142650.00,
                    "currency": "USD",
                    "created_at": "2024-03-15T10:00:00Z",
                    "updated_at": "2026-04-01T09:00:00Z"
                  }
                }
                """);
        }

        [Fact]
        public async Task List_the_members_of_a_workspace()
        {
            var answer = await Json(await (await ClientAsync(service)).GetAsync("/v1/workspaces/WS-26-000021/members"));

            ShouldShow(answer.GetProperty("data")[0], """
                {
                  "user_id": "USR-26-000044",
                  "name": "Sam Rivera",
                  "email": "sam@example.com",
                  "role": "admin",
                  "status": "active",
                  "joined_at": "2024-03-15T10:00:00Z"
                }
                """);
            answer.GetProperty("data").GetArrayLength().Should().Be(14);
        }
    }

    public sealed class Writes(DemoFixture service) : IClassFixture<DemoFixture>
    {
        [Fact]
        public async Task Create_a_workspace_whose_slug_is_unique_within_the_organization()
        {
            const string body =
                """{ "organization_id": "ORG-26-090500", "name": "Platform Engineering", "slug":"""
                + """ "platform-engineering" }""";
            var client = await ClientAsync(service);

            // The demo has this very workspace; it makes room for the same request to be answered as the seed says.
            await (await client.SendJson(HttpMethod.Post, "/v1/workspaces", body))
                .ShouldBeProblem(HttpStatusCode.Conflict, "slug_taken");
            (await client.PatchJson("/v1/workspaces/WS-26-000021", new { slug = "platform" })).StatusCode
                .Should().Be(HttpStatusCode.OK);
            var response = await client.SendJson(HttpMethod.Post, "/v1/workspaces", body);

            var answer = await Json(response, HttpStatusCode.Created);
            ShouldShow(answer, """
                {
                  "data": {
                    "organization_id": "ORG-26-090500",
                    "name": "Platform Engineering",
                    "slug": "platform-engineering",
                    "status": "active",
                    "settings": { "default_currency": "USD", "require_task_service_line": false },
                    "member_count": 1,
                    "active_service_lines": 0,
                    "health_score": null,
                    "cost_mtd": 0.00,
                    "currency": "USD"
                  }
                }
                """);

            // The creating user is automatically added as a workspace admin.
            var members = await Json(await client.GetAsync($"{response.Headers.Location}/members"));
            ShouldShow(members.GetProperty("data")[0], """{ "user_id": "USR-26-000044", "role": "admin" }""");
        }

        [Fact]
        public async Task Update_a_workspace()
        {
            var client = await ClientAsync(service);

            var response = await client.SendJson(HttpMethod.Patch, "/v1/workspaces/WS-26-000021", """
                { "name": "Platform & Infrastructure Engineering", "settings": { "require_task_service_line": true } }
                """);

            ShouldShow(await Json(response), """
                {
                  "data": {
                    "id": "WS-26-000021",
                    "name": "Platform & Infrastructure Engineering",
                    "status": "active",
                    "settings": { "default_currency": "USD", "require_task_service_line": true },
                    "created_at": "2024-03-15T10:00:00Z"
                  }
                }
                """);
        }

        [Fact]
        public async Task Add_a_member_and_remove_it_again()
        {
            var client = await ClientAsync(service);

            var added = await client.SendJson(
                HttpMethod.Post,
                "/v1/workspaces/WS-26-000021/members",
                """{ "user_id": "USR-26-000081", "role": "member" }""");
            ShouldShow(await Json(added, HttpStatusCode.Created), """
                { "data": { "user_id": "USR-26-000081", "role": "member", "status": "active" } }
                """);

            (await client.DeleteAsync("/v1/workspaces/WS-26-000021/members/USR-26-000081")).StatusCode
                .Should().Be(HttpStatusCode.NoContent);
            var left = await (await client.GetAsync("/v1/workspaces/WS-26-000021/members")).Data();
            left.EnumerateArray().Select(row => row.GetProperty("user_id").GetString())
                .Should().HaveCount(14).And.NotContain("USR-26-000081");
        }

        [Fact]
        public async Task A_member_must_exist_in_the_organization_and_may_not_outrank_its_role_there()
        {
            var client = await ClientAsync(service);
            var stranger = await service.NewUserAsync();

            var unknown = await client.PostJson(
                "/v1/workspaces/WS-26-000091/members", new { user_id = stranger.Id, role = "member" });
            await unknown.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "not_organization_member");
            var tooHigh = await client.PostJson(
                "/v1/workspaces/WS-26-000091/members", new { user_id = "USR-26-000045", role = "admin" });
            await tooHigh.ShouldBeProblem(HttpStatusCode.Forbidden, "role_exceeds_organization_role");
        }

        [Fact]
        public async Task Create_a_workspace_for_a_new_team()
        {
            var client = await ClientAsync(service);

            // The demo has this workspace too: the workflow goes on with the code that the seed gives it.
            var again = await client.SendJson(
                HttpMethod.Post,
                "/v1/workspaces",
                """{ "organization_id": "ORG-26-090500", "name": "Data Engineering", "slug": "data-engineering" }""");
            await again.ShouldBeProblem(HttpStatusCode.Conflict, "slug_taken");

            var added = await client.SendJson(
                HttpMethod.Post,
                "/v1/workspaces/WS-26-000091/members",
                """{ "user_id": "USR-26-000081", "role": "admin" }""");
            ShouldShow(await Json(added, HttpStatusCode.Created), """
                { "data": { "user_id": "USR-26-000081", "role": "admin", "status": "active" } }
                """);

            var connected = await client.SendJson(
                HttpMethod.Post,
                "/v1/integrations",
                """{ "workspace_id": "WS-26-000091", "type": "github", "config": { "org": "apex-digital" } }""");
            ShouldShow(await Json(connected, HttpStatusCode.Created), """
                { "data": { "workspace_id": "WS-26-000091", "type": "github", "config": { "org": "apex-digital" } } }
                """);
            var listed = await (await client.GetAsync("/v1/integrations?workspace_id=WS-26-000091")).Data();
            listed.EnumerateArray().Select(row => row.GetProperty("type").GetString()).Should().Equal("github");
        }
    }

    private static async Task<HttpClient> ClientAsync(DemoFixture service) =>
        service.Client(await service.UserKeyAsync("USR-26-000044"));

    private static async Task<JsonElement> Json(HttpResponseMessage response, HttpStatusCode status = HttpStatusCode.OK)
    {
        response.StatusCode.Should().Be(status, await response.Content.ReadAsStringAsync());
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        return await response.Json();
    }

    private static void ShouldShow(JsonElement answer, string seed) =>
        ShouldShow(answer, JsonDocument.Parse(seed).RootElement, "");

    private static void ShouldShow(JsonElement answer, JsonElement seed, string path)
    {
        answer.ValueKind.Should().Be(seed.ValueKind, path);
        foreach (var member in seed.EnumerateObject())
        {
            answer.TryGetProperty(member.Name, out var value).Should().BeTrue($"the seed shows {path}/{member.Name}");
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                ShouldShow(value, member.Value, $"{path}/{member.Name}");
            }
            else
            {
                value.GetRawText().Should().Be(member.Value.GetRawText(), $"the seed shows it at {path}/{member.Name}");
            }
        }
    }
}
