using System.Net;
using System.Net.Http.Headers;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Workspaces;

[Collection("Workspaces")]
public sealed class GetWorkspaceTests(ServiceFixture service)
{
    [Fact]
    public async Task It_shows_every_field_and_its_tag()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform Engineering", seatLimit: 5);

        var response = await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}");

        var shown = await response.Data();
        response.Headers.ETag.Should().NotBeNull();
        shown.EnumerateObject().Select(member => member.Name).Should().BeEquivalentTo(
            "id", "organization_id", "name", "slug", "type", "description", "status", "settings", "seat_limit",
            "member_count",
            "active_service_lines", "health_score", "cost_mtd", "currency", "created_at", "updated_at");
        shown.GetProperty("id").GetString().Should().Be(workspace.Id);
        shown.GetProperty("organization_id").GetString().Should().Be(tenant.Id);
        shown.GetProperty("type").GetString().Should().Be("private");
        shown.GetProperty("seat_limit").GetInt32().Should().Be(5);
        shown.GetProperty("member_count").GetInt32().Should().Be(1);
        shown.GetProperty("active_service_lines").GetInt32().Should().Be(0);
        shown.GetProperty("health_score").ValueKind.Should().Be(System.Text.Json.JsonValueKind.Null);
        shown.GetProperty("cost_mtd").GetDecimal().Should().Be(0);
        shown.GetProperty("settings").GetRawText()
            .Should().Be("""{"default_currency":"USD","require_task_service_line":false}""");
    }

    [Fact]
    public async Task A_copy_is_good_until_something_that_it_shows_changes()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var first = await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}");

        (await GetAsync(first.Headers.ETag!)).StatusCode.Should().Be(HttpStatusCode.NotModified);
        await tenant.NewMemberOfAsync(workspace.Id);
        var second = await GetAsync(first.Headers.ETag!);

        second.StatusCode.Should().Be(HttpStatusCode.OK, "it shows another member_count");
        (await second.Data()).GetProperty("member_count").GetInt32().Should().Be(2);
        (await GetAsync(second.Headers.ETag!)).StatusCode.Should().Be(HttpStatusCode.NotModified);

        Task<HttpResponseMessage> GetAsync(EntityTagHeaderValue tag) =>
            tenant.Client.SendJson(
                HttpMethod.Get, $"/v1/workspaces/{workspace.Id}", null, ("If-None-Match", tag.ToString()));
    }

    [Theory]
    [InlineData("private", false)]
    [InlineData("closed", true)]
    [InlineData("open", true)]
    public async Task Its_type_decides_whether_organization_members_see_it(string type, bool seen)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: type);
        async Task<HttpStatusCode> StatusAsync(HttpClient client) =>
            (await client.GetAsync($"/v1/workspaces/{workspace.Id}")).StatusCode;

        (await StatusAsync((await tenant.NewMemberAsync()).Client))
            .Should().Be(seen ? HttpStatusCode.OK : HttpStatusCode.NotFound);
        (await StatusAsync((await tenant.NewMemberAsync(Roles.Admin)).Client)).Should().Be(HttpStatusCode.OK);
        foreach (var role in new[] { Roles.Guest, Roles.Viewer, Roles.Billing })
        {
            (await StatusAsync((await tenant.NewMemberAsync(role)).Client)).Should().Be(HttpStatusCode.NotFound, role);
        }

        (await StatusAsync((await tenant.NewMemberOfAsync(workspace.Id, Roles.Guest)).Client))
            .Should().Be(HttpStatusCode.OK);
        (await StatusAsync((await service.NewTenantAsync()).Client)).Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("WS-26-999999")]
    [InlineData("WS-26-99999999999999999999")]
    [InlineData("ORG-26-000001")]
    [InlineData("ws-26-000001")]
    [InlineData("1")]
    public async Task Anything_else_is_not_there(string id) =>
        await (await service.Root.GetAsync($"/v1/workspaces/{id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
}
