using System.Net;
using System.Net.Http.Headers;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>Every request of the V4 surface's seed, against the demo's workspace "Scrum Launch".</summary>
[Collection("Demo")]
public sealed class SeedV4Tests(DemoFixture service)
{
    [Theory]
    [InlineData("/api/V4/workspaces")]
    [InlineData("/api/v4/workspaces?sort_by=workspace_role&sort_to=desc")]
    public async Task Show_workspace(string url)
    {
        var response = await (await GraceAsync()).GetAsync(url);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        var workspace = await response.Json();
        workspace.GetProperty("id").GetInt64().Should().Be(3);
        workspace.GetProperty("name").GetString().Should().Be("Scrum Launch");
        workspace.GetProperty("available_users_count").GetInt64().Should().Be(30);
        workspace.GetProperty("can_add_new_users").GetBoolean().Should().BeTrue();
        workspace.GetProperty("can_invite_users_count").GetInt64().Should().Be(28);
        workspace.GetProperty("workspace_users").EnumerateArray().Select(u => u.GetRawText()).Should().BeEquivalentTo(
            """{"id":21,"email":"ada@example.com","user_full_name":"Ada Moreau","invited":true,"invite_id":1"""
            + ""","workspace_role_name":"member","avatar_image":null,"touch_admin":true}""",
            """{"id":1,"email":"grace@example.com","user_full_name":"Grace Field","invited":false,"invite_id":"""
            + """null,"workspace_role_name":"owner","avatar_image":null,"touch_admin":true}""");
        workspace.GetProperty("workspace_roles").GetRawText()
            .Should().Be("""[{"id":1,"name":"owner"},{"id":2,"name":"admin"},{"id":3,"name":"member"}]""");
    }

    [Theory]
    [InlineData("""{"workspace": {"name": "Scrum Launch"}}""")]
    [InlineData(
        """{"workspace": {"organization_type": "Higher Education", "custom_organization_type":"""
        + """ "CUSTOM_ORGANIZATION_TYPE"}}""")]
    public async Task Update_workspace(string body)
    {
        var response = await (await GraceAsync()).SendJson(HttpMethod.Put, "/api/v4/workspaces", body);

        (await response.Content.ReadAsStringAsync()).Should().Be(
            """{"id":3,"name":"Scrum Launch","available_users_count":30,"can_add_new_users":true"""
            + ""","can_invite_users_count":28}""");
    }

    [Fact]
    public async Task Check_workspace_can_use_site()
    {
        var response = await (await GraceAsync()).GetAsync("/api/v4/workspaces/can_use_site");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).Should().Be("""{"can_use_site":true}""");
    }

    // With the header that the seed names.
    private async Task<HttpClient> GraceAsync()
    {
        var client = service.Client(null);
        client.DefaultRequestHeaders.Add(
            "Authentication",
            new AuthenticationHeaderValue("Bearer", await service.UserKeyAsync("USR-26-000001")).ToString());
        return client;
    }
}
