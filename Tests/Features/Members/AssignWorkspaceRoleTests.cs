using System.Net;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Members;

[Collection("Members")]
public sealed class AssignWorkspaceRoleTests(ServiceFixture service)
{
    [Fact]
    public async Task A_member_becomes_admin_and_member_again()
    {
        var (tenant, workspace, person) = await NewAsync(Roles.Admin, Roles.Member);

        await SucceedsAsync(tenant.Client, person, 2);
        (await RoleAsync(tenant.Client, person)).Should().Be("admin");
        await SucceedsAsync(tenant.Client, person, 3);
        (await RoleAsync(tenant.Client, person)).Should().Be("member");
        _ = workspace;
    }

    [Fact]
    public async Task Only_the_owner_hands_ownership_over_and_becomes_admin()
    {
        var (tenant, workspace, heir) = await NewAsync(Roles.Admin, Roles.Member);
        var other = await tenant.NewMemberAsync(Roles.Admin);
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace, other.Id, Roles.Admin));

        (await PutAsync(other.Client, heir.Id, 1)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        await SucceedsAsync(tenant.Client, heir, 1);

        (await RoleAsync(tenant.Client, heir)).Should().Be("owner");
        (await RoleAsync(tenant.Client, tenant.Owner.Id)).Should().Be("admin");
        (await PutAsync(tenant.Client, heir.Id, 1)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Over_the_ceiling_is_forbidden_and_leaves_ownership_where_it_was()
    {
        var (tenant, _, person) = await NewAsync(Roles.Member, Roles.Member);

        foreach (var role in new[] { 1, 2 })
        {
            (await PutAsync(tenant.Client, person.Id, role)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        }

        (await RoleAsync(tenant.Client, tenant.Owner.Id)).Should().Be("owner");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"workspace_role_id": null}""")]
    [InlineData("""{"workspace_role_id": 4}""")]
    [InlineData("""{"workspace_role_id": ""}""")]
    [InlineData("""{"workspace_role_id": "admin"}""")]
    [InlineData("""{"workspace_role_id": " 2"}""")]
    [InlineData("""{"workspace_role_id": "+2"}""")]
    [InlineData("""{"workspace_role_id": "2.0"}""")]
    [InlineData("""{"workspace_role_id": true}""")]
    public async Task A_role_that_is_missing_or_none_is_422_and_changes_nothing(string body)
    {
        var (tenant, _, person) = await NewAsync(Roles.Admin, Roles.Member);

        var response = await tenant.Client.PutJson($"/api/v4/workspace_users/{Codes.NumberOf(person.Id)}", body);

        response.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        var error = await response.Json();
        error.GetProperty("workspace_role_id")[0].GetString().Should().NotBeNullOrEmpty();
        error.GetProperty("message").GetString().Should().StartWith("workspace_role_id ");
        (await RoleAsync(tenant.Client, person)).Should().Be("member");
    }

    [Fact]
    public async Task A_text_of_digits_is_a_number()
    {
        var (tenant, _, person) = await NewAsync(Roles.Admin, Roles.Member);

        (await tenant.Client.PutJson(
            $"/api/v4/workspace_users/{Codes.NumberOf(person.Id)}", """{"workspace_role_id": "2"}""")).StatusCode
            .Should().Be(HttpStatusCode.OK);

        (await RoleAsync(tenant.Client, person)).Should().Be("admin");
    }

    [Fact]
    public async Task The_last_admin_stays()
    {
        var (tenant, _, _) = await NewAsync(Roles.Member, Roles.Member);

        var response = await PutAsync(tenant.Client, tenant.Owner.Id, 3);

        response.StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await response.Json()).TryGetProperty("message", out _).Should().BeTrue();
    }

    [Fact]
    public async Task An_owner_who_stops_being_admin_passes_the_workspace_on()
    {
        var (tenant, _, second) = await NewAsync(Roles.Admin, Roles.Admin);

        await SucceedsAsync(tenant.Client, tenant.Owner.Id, 3);

        (await RoleAsync(second.Client, second)).Should().Be("owner");
        (await RoleAsync(second.Client, tenant.Owner.Id)).Should().Be("member");
    }

    [Fact]
    public async Task The_owner_is_nobody_elses_to_change_or_remove_and_the_rows_say_so()
    {
        var (tenant, workspace, second) = await NewAsync(Roles.Admin, Roles.Admin);
        var reader = service.Client(await tenant.ServiceKeyAsync("secret", workspace, "read"));
        var manager = service.Client(await tenant.ServiceKeyAsync("secret", workspace, "read", "members:manage"));

        foreach (var client in new[] { second.Client, manager })
        {
            (await PutAsync(client, tenant.Owner.Id, 3)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
            (await client.DeleteAsync($"/api/v4/workspace_users/{Codes.NumberOf(tenant.Owner.Id)}")).StatusCode
                .Should().Be(HttpStatusCode.Forbidden);
            (await TouchableAsync(client)).Should().Equal(second.Id);
        }

        (await PutAsync(reader, second.Id, 3)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await TouchableAsync(reader)).Should().BeEmpty();
        (await TouchableAsync(tenant.Client)).Should().BeEquivalentTo(tenant.Owner.Id, second.Id);
        (await RoleAsync(second.Client, tenant.Owner.Id)).Should().Be("owner");

        async Task<List<string>> TouchableAsync(HttpClient client) =>
            [.. (await (await client.GetAsync("/api/v4/workspaces")).Json())
                .GetProperty("workspace_users").EnumerateArray()
                    .Where(row => row.GetProperty("touch_admin").GetBoolean())
                    .Select(
                        row => new[] { tenant.Owner.Id, second.Id }.Single(id =>
                            Codes.NumberOf(id) == row.GetProperty("id").GetInt64()))];
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("abc")]
    [InlineData("99999999999999999999")]
    [InlineData("999999")]
    public async Task Whoever_is_no_member_is_not_found(string user)
    {
        var (tenant, _, _) = await NewAsync(Roles.Member, Roles.Member);

        var response = await tenant.Client.PutJson($"/api/v4/workspace_users/{user}", new { workspace_role_id = 2 });

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync())
            .Should().Be("""{"user":["not found"],"message":"user not found"}""");
    }

    [Theory]
    [InlineData("""{"workspace_role_id": 4}""")]
    [InlineData("""{"workspace_role_id": 0}""")]
    [InlineData("""{"workspace_role_id": "admin"}""")]
    public async Task A_role_that_is_none_of_the_three_is_named(string body)
    {
        var (tenant, _, person) = await NewAsync(Roles.Member, Roles.Member);

        var response = await tenant.Client.SendJson(
            HttpMethod.Put, $"/api/v4/workspace_users/{Codes.NumberOf(person.Id)}", body);

        response.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await response.Json()).GetProperty("workspace_role_id").GetArrayLength().Should().Be(1);
    }

    private async Task<(Tenant Tenant, string Workspace, Person Person)> NewAsync(
        string organizationRole, string workspaceRole)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync(organizationRole);
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, person.Id, workspaceRole));
        return (tenant, workspace.Id, person);
    }

    private static Task<HttpResponseMessage> PutAsync(HttpClient client, string user, int role) =>
        client.PutJson($"/api/v4/workspace_users/{Codes.NumberOf(user)}", new { workspace_role_id = role });

    private static Task SucceedsAsync(HttpClient client, Person person, int role) =>
        SucceedsAsync(client, person.Id, role);

    private static async Task SucceedsAsync(HttpClient client, string user, int role)
    {
        var response = await PutAsync(client, user, role);
        (await response.Content.ReadAsStringAsync()).Should().Be("""{"success":true}""");
    }

    private static Task<string?> RoleAsync(HttpClient client, Person person) => RoleAsync(client, person.Id);

    private static async Task<string?> RoleAsync(HttpClient client, string user)
    {
        var shown = await (await client.GetAsync("/api/v4/workspaces")).Json();
        return shown.GetProperty("workspace_users").EnumerateArray()
            .Single(u => u.GetProperty("id").GetInt64() == Codes.NumberOf(user)).GetProperty("workspace_role_name")
            .GetString();
    }
}
