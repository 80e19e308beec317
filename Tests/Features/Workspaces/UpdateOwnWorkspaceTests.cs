using System.Net;
using WorkspaceService.Features.Members;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Workspaces;

[Collection("Workspaces")]
public sealed class UpdateOwnWorkspaceTests(ServiceFixture service)
{
    [Fact]
    public async Task A_new_name_is_answered_with_the_counters()
    {
        var tenant = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync("Before", seatLimit: 30);

        var response = await tenant.Client.PutJson(
            "/api/v4/workspaces", new { workspace = new { name = "name", unknown = 1 }, more = true });

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        var said = await response.Json();
        said.EnumerateObject().Select(m => m.Name)
            .Should()
            .BeEquivalentTo("id", "name", "available_users_count", "can_add_new_users", "can_invite_users_count");
        said.GetProperty("name").GetString().Should().Be("name");
        said.GetProperty("available_users_count").GetInt64().Should().Be(30);
        said.GetProperty("can_invite_users_count").GetInt64().Should().Be(29);
    }

    [Theory]
    [InlineData("Public High School")]
    [InlineData("Private High School")]
    [InlineData("College/University")]
    [InlineData("Club/Youth Sports")]
    [InlineData("Other/Not Listed")]
    [InlineData("School District")]
    [InlineData("K12 School")]
    [InlineData("Higher Education")]
    [InlineData("Youth/Club Sports")]
    [InlineData("Other")]
    public async Task The_ten_organization_types_are_taken(string type)
    {
        var tenant = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync();

        var response = await tenant.Client.PutJson(
            "/api/v4/workspaces",
            new { workspace = new { organization_type = type, custom_organization_type = "Chess club" } });

        response.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"workspace": {"organization_type": "Circus"}}""", "organization_type")]
    [InlineData("""{"workspace": {"organization_type": ""}}""", "organization_type")]
    [InlineData("""{"workspace": {"organization_type": 5}}""", "organization_type")]
    [InlineData("""{"workspace": {"name": 5}}""", "name")]
    [InlineData("""{"workspace": {"name": "  "}}""", "name")]
    [InlineData("""{"workspace": {"name": "a\u0000b"}}""", "name")]
    [InlineData("""{"workspace": {"custom_organization_type": []}}""", "custom_organization_type")]
    [InlineData("""{"workspace": "text"}""", "workspace")]
    [InlineData("""{"workspace": []}""", "workspace")]
    [InlineData("""{"workspace": null}""", "workspace")]
    [InlineData("{}", "workspace")]
    public async Task What_is_wrong_is_said_under_its_name(string body, string field)
    {
        var tenant = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync();

        var response = await tenant.Client.SendJson(HttpMethod.Put, "/api/v4/workspaces", body);

        response.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        var said = await response.Json();
        said.GetProperty(field).EnumerateArray().Should().NotBeEmpty();
        said.GetProperty("message").GetString().Should().Contain(field);
    }

    [Fact]
    public async Task Members_may_not()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var member = await tenant.NewMemberAsync();
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, member.Id, Roles.Member));

        var response = await member.Client.PutJson("/api/v4/workspaces", new { workspace = new { name = "Mine" } });

        response.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await response.Json()).GetProperty("message").GetString().Should().Be("workspace forbidden");
    }
}
