using System.Net;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Access;

[Collection("Access")]
public sealed class ShowAccessTests(ServiceFixture service)
{
    [Fact]
    public async Task It_answers_with_role_source_and_reason()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var member = await tenant.NewMemberOfAsync(workspace.Id, Roles.Viewer);

        (await AskAsync(tenant.Client, workspace.Id, member.Id, "viewer"))
            .Should().Be("""{"allowed":true,"role":"viewer","source":"workspace","reason":null}""");
        (await AskAsync(tenant.Client, workspace.Id, member.Id, "member"))
            .Should().Be("""{"allowed":false,"role":"viewer","source":"workspace","reason":"role_too_low"}""");
    }

    [Fact]
    public async Task The_organizations_admins_are_admin_by_their_organization_role_until_they_are_added()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var (admin, added) = (await tenant.NewMemberAsync(Roles.Admin),
            await tenant.NewMemberOfAsync(workspace.Id, Roles.Guest, Roles.Admin));

        (await service.Do(Ask(await tenant.OwnerAsync(), workspace.Id, admin.Id, "admin")))
            .Should().Be(new AccessObject(true, "admin", "organization", null));
        (await service.Do(Ask(await tenant.OwnerAsync(), workspace.Id, added.Id, "admin")))
            .Should().Be(new AccessObject(true, "admin", "organization", null));
        (await service.Do(Ask(await tenant.OwnerAsync(), workspace.Id, tenant.Owner.Id, "admin")))
            .Should().Be(new AccessObject(true, "admin", "workspace", null));
    }

    [Fact]
    public async Task A_demotion_in_the_organization_counts_at_once()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        var owner = await tenant.OwnerAsync();
        (await service.Do(Ask(owner, workspace.Id, member.Id, "member"))).Allowed.Should().BeTrue();

        await service.ArrangeAsync(
            "UPDATE organization_members SET role = 'guest' WHERE user_id = (SELECT id FROM users WHERE code = @Id)",
            new { member.Id });

        (await service.Do(Ask(owner, workspace.Id, member.Id, "member")))
            .Should().Be(new AccessObject(false, "guest", "workspace", "role_too_low"));
    }

    [Fact]
    public async Task Someone_without_a_role_and_someone_deactivated_are_told_apart()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var (outsider, gone) = (await tenant.NewMemberAsync(), await tenant.NewMemberOfAsync(workspace.Id));
        await service.DeactivateAsync(gone.Id);
        var owner = await tenant.OwnerAsync();

        (await service.Do(Ask(owner, workspace.Id, outsider.Id, "guest")))
            .Should().Be(new AccessObject(false, null, null, "not_a_member"));
        (await service.Do(Ask(owner, workspace.Id, gone.Id, "guest")))
            .Should().Be(new AccessObject(false, null, null, "user_inactive"));
        (await service.Do(Ask(owner, workspace.Id, "USR-26-999999", "guest")))
            .Should().Be(new AccessObject(false, null, null, "not_a_member"));
    }

    [Fact]
    public async Task An_archived_workspace_keeps_its_roles()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await service.ArrangeAsync("UPDATE workspaces SET status = 'archived' WHERE code = @Id", new { workspace.Id });

        (await service.Do(Ask(await tenant.OwnerAsync(), workspace.Id, tenant.Owner.Id, "admin"))).Allowed
            .Should().BeTrue();
    }

    [Theory]
    [InlineData("role=member")]
    [InlineData("user_id=USR-26-000001")]
    [InlineData("user_id=USR-26-000001&role=owner")]
    [InlineData("user_id=USR-26-000001&role=")]
    [InlineData("user_id=me&role=member")]
    public async Task A_wrong_or_missing_value_is_said_and_an_unseen_workspace_before_it(string query)
    {
        var (tenant, stranger) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var workspace = await tenant.NewWorkspaceAsync();

        await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}/access?{query}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");
        await (await stranger.Client.GetAsync($"/v1/workspaces/{workspace.Id}/access?{query}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Members_ask_about_themselves_only()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var (one, two) = (await tenant.NewMemberOfAsync(workspace.Id), await tenant.NewMemberOfAsync(workspace.Id));

        (await service.Do(Ask(await one.CallerAsync(), workspace.Id, one.Id, "member"))).Allowed.Should().BeTrue();
        (await service.Refused(Ask(await one.CallerAsync(), workspace.Id, two.Id, "member"))).Code
            .Should().Be("forbidden");
    }

    private static ShowAccess.Query Ask(Caller caller, string workspace, string user, string role) =>
        new(caller, workspace, user, role);

    private static async Task<string> AskAsync(HttpClient client, string workspace, string user, string role) =>
        (await (await client.GetAsync($"/v1/workspaces/{workspace}/access?user_id={user}&role={role}")).Data())
            .GetRawText();
}
