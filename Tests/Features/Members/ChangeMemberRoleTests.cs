using System.Net;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

[Collection("Members")]
public sealed class ChangeMemberRoleTests(ServiceFixture service)
{
    [Fact]
    public async Task The_new_role_is_answered_and_counts_at_once()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id, Roles.Viewer, organizationRole: Roles.Member);

        var response = await tenant.Client.PatchJson(
            $"/v1/workspaces/{workspace.Id}/members/{person.Id}", new { role = "member" });

        var member = await response.Data();
        member.GetProperty("role").GetString().Should().Be("member");
        response.Headers.ETag!.Tag.Should().StartWith("\"2-");
    }

    [Fact]
    public async Task The_same_role_and_an_empty_patch_change_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var url = $"/v1/workspaces/{workspace.Id}/members/{tenant.Owner.Id}";
        var tag = (await tenant.Client.GetAsync(url)).Headers.ETag;

        foreach (var body in (object[])[new { role = "admin" }, new { }])
        {
            var response = await tenant.Client.PatchJson(url, body);

            (await response.Data()).GetProperty("role").GetString().Should().Be("admin");
            response.Headers.ETag.Should().Be(tag);
        }

        (await service.EventsAsync(workspace.Id)).Should().NotContain(e => e.Type == "member.role_changed");
    }

    [Fact]
    public async Task The_event_tells_both_roles()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id);

        await Change(await tenant.OwnerAsync(), workspace, person.Id, Roles.Guest);

        var changed = (await service.EventsAsync(workspace.Id)).Single(e => e.Type == "member.role_changed");
        changed.Actor.Id.Should().Be(tenant.Owner.Id);
        changed.Subject.Id.Should().Be(person.Id);
        changed.Changes.Text.Should().Be("""{"role":["member","guest"]}""");
    }

    [Fact]
    public async Task The_role_may_not_outrank_the_organization_role()
    {
        var tenant = await service.NewTenantAsync();
        var additive = await service.NewTenantAsync(ceiling: false);
        var workspace = await tenant.NewWorkspaceAsync();
        var open = await additive.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id, Roles.Viewer);
        var free = await additive.NewMemberOfAsync(open.Id, Roles.Viewer);

        (await Refused(await tenant.OwnerAsync(), workspace, person.Id, Roles.Member))
            .Should().Be("role_exceeds_organization_role");
        (await Refused(ServiceFixture.RootCaller, workspace, person.Id, Roles.Admin))
            .Should().Be("role_exceeds_organization_role");
        (await Change(await additive.OwnerAsync(), open, free.Id, Roles.Admin)).Role.Should().Be(Roles.Admin);
    }

    [Theory]
    [InlineData(Roles.Member)]
    [InlineData(Roles.Viewer)]
    [InlineData(Roles.Guest)]
    public async Task Only_admins_change_roles_not_even_ones_own(string role)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id, role, organizationRole: Roles.Member);

        (await Refused(await person.CallerAsync(), workspace, tenant.Owner.Id, Roles.Guest)).Should().Be("forbidden");
        (await Refused(await person.CallerAsync(), workspace, person.Id, Roles.Guest)).Should().Be("forbidden");
    }

    [Fact]
    public async Task A_demotion_in_the_organization_ends_the_power_of_a_workspace_admin()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var admin = await tenant.NewMemberOfAsync(workspace.Id, Roles.Admin);
        await service.ArrangeAsync(
            "UPDATE organization_members SET role = 'member' WHERE user_id = (SELECT id FROM users WHERE code = @Id)",
            new { admin.Id });

        (await Refused(await admin.CallerAsync(), workspace, tenant.Owner.Id, Roles.Guest)).Should().Be("forbidden");
        (await Refused(await admin.CallerAsync(), workspace, admin.Id, Roles.Member)).Should().Be("forbidden");
    }

    [Fact]
    public async Task A_workspace_owner_who_is_made_member_passes_the_ownership_on()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.NewMemberAsync(Roles.Admin);
        var workspace = (await service.Do(
            new CreateWorkspace.Command(await owner.CallerAsync(), tenant.Id, "Theirs"))).Value;
        var heir = await tenant.NewMemberOfAsync(workspace.Id, Roles.Member, organizationRole: Roles.Admin);

        await ChangeAsync(heir.Id, Roles.Admin);
        (await service.OwnerOfAsync(workspace.Id)).Should().Be(owner.Id);
        await ChangeAsync(owner.Id, Roles.Member);
        (await service.OwnerOfAsync(workspace.Id)).Should().Be(heir.Id);

        async Task ChangeAsync(string user, string role) =>
            await (await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}/members/{user}", new { role })).Data();
    }

    [Fact]
    public async Task The_last_admin_stays_admin_the_organization_owner_included()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await tenant.NewMemberAsync(Roles.Admin);
        var second = await tenant.NewMemberOfAsync(workspace.Id, Roles.Admin);

        await Change(await tenant.OwnerAsync(), workspace, second.Id, Roles.Member);

        (await Refused(await tenant.OwnerAsync(), workspace, tenant.Owner.Id, Roles.Member)).Should().Be("last_admin");
        (await Refused(ServiceFixture.RootCaller, workspace, tenant.Owner.Id, Roles.Viewer)).Should().Be("last_admin");
        await Change(await tenant.OwnerAsync(), workspace, second.Id, Roles.Admin);
        await Change(await tenant.OwnerAsync(), workspace, tenant.Owner.Id, Roles.Member);
    }

    [Fact]
    public async Task A_deactivated_member_changes_role_and_counts_as_no_admin()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var gone = await tenant.NewMemberOfAsync(workspace.Id, Roles.Viewer, organizationRole: Roles.Admin);
        await service.DeactivateAsync(gone.Id);

        (await Change(await tenant.OwnerAsync(), workspace, gone.Id, Roles.Admin)).Status.Should().Be("deactivated");
        (await Refused(await tenant.OwnerAsync(), workspace, tenant.Owner.Id, Roles.Member)).Should().Be("last_admin");
        (await Change(await tenant.OwnerAsync(), workspace, gone.Id, Roles.Guest)).Role.Should().Be(Roles.Guest);
        (await Refused(await tenant.OwnerAsync(), workspace, tenant.Owner.Id, Roles.Member)).Should().Be("last_admin");
    }

    [Fact]
    public async Task Who_is_no_member_is_not_found_not_even_an_organization_admin()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var url = $"/v1/workspaces/{workspace.Id}/members";

        foreach (var user in (string[])[admin.Id, (await service.NewUserAsync()).Id, "USR-26-999999", "nobody"])
        {
            (await Refused(await tenant.OwnerAsync(), workspace, user, Roles.Member)).Should().Be("not_found", user);
        }

        await (await tenant.Client.PatchJson($"{url}/USR-26-999999", new { role = "king" }))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Archived_and_suspended_refuse()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id);
        await service.ArrangeAsync("UPDATE workspaces SET status = 'archived' WHERE code = @Id", new { workspace.Id });
        (await Refused(await tenant.OwnerAsync(), workspace, person.Id, Roles.Guest)).Should().Be("workspace_archived");

        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });
        (await Refused(await tenant.OwnerAsync(), workspace, person.Id, Roles.Guest))
            .Should().Be("organization_suspended");
    }

    [Fact]
    public async Task What_is_wrong_is_said_with_a_pointer()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var url = $"/v1/workspaces/{workspace.Id}/members/{tenant.Owner.Id}";

        foreach (var body in (string[])
        [
            """{"role": null}""",
            """{"role": "owner"}""",
            """{"role": ""}""",
            """{"role": 4}""",
            """{"role": "billing"}""",
        ])
        {
            var problem = await (await tenant.Client.PatchJson(url, body))
                .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
            problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("/role", body);
        }
    }

    [Fact]
    public async Task An_edit_of_a_stale_version_is_refused()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id);
        var url = $"/v1/workspaces/{workspace.Id}/members/{person.Id}";
        var tag = (await tenant.Client.GetAsync(url)).Headers.ETag!.Tag;

        (await tenant.Client.PatchJson(url, new { role = "viewer" }, ("If-Match", tag))).StatusCode
            .Should().Be(HttpStatusCode.OK);
        await (await tenant.Client.PatchJson(url, new { role = "guest" }, ("If-Match", tag)))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    private async Task<MemberObject> Change(Caller caller, WorkspaceObject workspace, string user, string role) =>
        (await service.Do(new ChangeMemberRole.Command(caller, workspace.Id, user, role))).Value;

    private async Task<string> Refused(Caller caller, WorkspaceObject workspace, string user, string role) =>
        (await service.Refused(new ChangeMemberRole.Command(caller, workspace.Id, user, role))).Code;
}
