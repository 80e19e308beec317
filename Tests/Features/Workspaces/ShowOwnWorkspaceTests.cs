using System.Net;
using WorkspaceService.Features.Members;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Workspaces;

[Collection("Clock")]
public sealed class ShowOwnWorkspaceTests(ServiceFixture service)
{
    [Fact]
    public async Task It_shows_everyone_with_counters_and_the_three_roles()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Scrum Launch", seatLimit: 30);
        var viewer = await tenant.NewMemberAsync(Roles.Viewer);
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, viewer.Id, Roles.Viewer));

        var response = await tenant.Client.GetAsync("/API/V4/workspaces");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        var shown = await response.Json();
        shown.GetProperty("name").GetString().Should().Be("Scrum Launch");
        shown.GetProperty("available_users_count").GetInt64().Should().Be(30);
        shown.GetProperty("can_invite_users_count").GetInt64().Should().Be(28);
        shown.GetProperty("can_add_new_users").GetBoolean().Should().BeTrue();
        shown.GetProperty("workspace_roles").GetRawText()
            .Should().Be("""[{"id":1,"name":"owner"},{"id":2,"name":"admin"},{"id":3,"name":"member"}]""");
        shown.GetProperty("workspace_users").EnumerateArray()
            .ToDictionary(
                u => u.GetProperty("email").GetString()!, u => u.GetProperty("workspace_role_name").GetString())
            .Should()
            .Equal(new Dictionary<string, string?> { [tenant.Owner.Email!] = "owner", [viewer.Email] = "member" });
    }

    [Fact]
    public async Task A_workspace_without_a_limit_shows_the_largest_count()
    {
        var tenant = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync();

        var shown = await (await tenant.Client.GetAsync("/api/v4/workspaces")).Json();

        shown.GetProperty("available_users_count").GetInt64().Should().Be(2147483647);
        shown.GetProperty("can_invite_users_count").GetInt64().Should().Be(2147483647);
    }

    [Theory]
    [InlineData("", new[] { "Ada", "Grace", "Linus" })]
    [InlineData("?sort_by=name&sort_to=desc", new[] { "Linus", "Grace", "Ada" })]
    [InlineData("?sort_by=email", new[] { "Linus", "Ada", "Grace" })]
    [InlineData("?sort_by=workspace_role", new[] { "Grace", "Ada", "Linus" })]
    public async Task People_are_sorted_as_asked(string query, string[] names)
    {
        var mark = Guid.NewGuid().ToString("N");
        var grace = await service.NewUserAsync("Grace", $"c{mark}@example.com");
        var organization = await service.Do(new Organizations.CreateOrganization.Command(
            ServiceFixture.RootCaller, "Sorted", OwnerId: grace.Id));
        var tenant = new Tenant(service, organization.Value.Id, grace, await service.UserKeyAsync(grace.Id));
        var workspace = await tenant.NewWorkspaceAsync();
        foreach (var (name, email, role) in new[]
        {
            ("Linus", $"a{mark}@example.com", "member"),
            ("Ada", $"b{mark}@example.com", "admin"),
        })
        {
            var user = await service.NewUserAsync(name, email);
            await service.Do(new Organizations.AddOrganizationMember.Command(
                ServiceFixture.RootCaller, tenant.Id, UserId: user.Id, Role: role));
            await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, user.Id, role));
        }

        var shown = await (await tenant.Client.GetAsync($"/api/v4/workspaces{query}")).Json();

        shown.GetProperty("workspace_users").EnumerateArray().Select(u => u.GetProperty("user_full_name").GetString())
            .Should().Equal(names);
    }

    [Theory]
    [InlineData("sort_by=age", "sort_by")]
    [InlineData("sort_by=", "sort_by")]
    [InlineData("sort_to=up", "sort_to")]
    [InlineData("sort_to=", "sort_to")]
    public async Task A_wrong_order_is_named(string query, string field)
    {
        var tenant = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync();

        var response = await tenant.Client.GetAsync($"/api/v4/workspaces?{query}");

        response.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        var said = await response.Json();
        said.GetProperty(field).GetArrayLength().Should().Be(1);
        said.GetProperty("message").GetString().Should().Contain(field);
    }

    [Fact]
    public async Task The_workspace_is_the_keys_else_the_owned_else_the_earliest_joined()
    {
        var tenant = await service.NewTenantAsync();
        var first = await tenant.NewWorkspaceAsync("First");
        var second = await tenant.NewWorkspaceAsync("Second");
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), second.Id, admin.Id, Roles.Admin));
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), first.Id, admin.Id, Roles.Admin));

        (await NameAsync(admin.Client)).Should().Be("Second");
        await service.Do(new CreateWorkspace.Command(await admin.CallerAsync(), tenant.Id, "Owned"));
        (await NameAsync(admin.Client)).Should().Be("Owned");
        (await NameAsync(service.Client(await tenant.ServiceKeyAsync("secret", first.Id)))).Should().Be("First");
    }

    [Fact]
    public async Task Without_a_workspace_there_is_nothing_to_see()
    {
        var tenant = await service.NewTenantAsync();

        foreach (var client in new[] { tenant.Client, service.Root, service.Client(await tenant.ServiceKeyAsync()) })
        {
            var response = await client.GetAsync("/api/v4/workspaces");
            response.StatusCode.Should().Be(HttpStatusCode.NotFound);
            (await response.Json()).GetProperty("message").GetString().Should().Be("workspace not found");
        }
    }

    [Fact]
    public async Task A_publishable_key_sees_no_address()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var shown = await (await service.Client(await tenant.ServiceKeyAsync("publishable", workspace.Id))
            .GetAsync("/api/v4/workspaces")).Json();

        shown.GetProperty("workspace_users").EnumerateArray()
            .Should().OnlyContain(u => u.GetProperty("email").ValueKind == System.Text.Json.JsonValueKind.Null);
    }

    private static async Task<string?> NameAsync(HttpClient client) =>
        (await (await client.GetAsync("/api/v4/workspaces")).Json()).GetProperty("name").GetString();
}
