using System.Net;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

[Collection("Organizations")]
public sealed class ChangeOrganizationMemberRoleTests(ServiceFixture service)
{
    [Fact]
    public async Task The_role_counts_with_the_next_request()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await (await person.Client.GetAsync($"/v1/workspaces/{workspace.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");

        var row = await (await tenant.Client.PatchJson(
            $"/v1/orgs/{tenant.Id}/members/{person.Id}", new { role = "admin" })).Data();

        row.GetProperty("role").GetString().Should().Be("admin");
        await (await person.Client.GetAsync($"/v1/workspaces/{workspace.Id}")).Data();
        var recorded = (await service.EventsAsync(organization: tenant.Id))
            .Where(e => e.Type == "organization.member_role_changed").Should().ContainSingle().Subject;
        (recorded.Subject.Id, recorded.Changes.Text).Should().Be((person.Id, """{"role":["member","admin"]}"""));
    }

    [Fact]
    public async Task Admins_change_each_other_and_nobody_else_changes_anyone()
    {
        var tenant = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var peer = await tenant.NewMemberAsync(Roles.Admin);
        var target = await tenant.NewMemberAsync(Roles.Guest);

        foreach (var role in new[] { Roles.Member, Roles.Viewer, Roles.Billing, Roles.Guest })
        {
            var caller = await (await tenant.NewMemberAsync(role)).CallerAsync();
            (await RefusedAsync(caller, tenant, target.Id, Roles.Viewer)).Should().Be("forbidden");
            (await RefusedAsync(caller, tenant, caller.UserCode!, Roles.Admin)).Should().Be("forbidden");
        }

        (await ChangeAsync(await admin.CallerAsync(), tenant, target.Id, Roles.Admin)).Should().Be(Roles.Admin);
        (await ChangeAsync(await admin.CallerAsync(), tenant, peer.Id, Roles.Guest)).Should().Be(Roles.Guest);
        (await ChangeAsync(await admin.CallerAsync(), tenant, admin.Id, Roles.Viewer)).Should().Be(Roles.Viewer);
        (await RefusedAsync(await admin.CallerAsync(), tenant, admin.Id, Roles.Admin)).Should().Be("forbidden");
    }

    [Fact]
    public async Task The_owner_is_protected_from_everyone()
    {
        var tenant = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);

        foreach (var caller in new[]
        {
            await admin.CallerAsync(),
            await tenant.OwnerAsync(),
            ServiceFixture.RootCaller,
        })
        {
            (await RefusedAsync(caller, tenant, tenant.Owner.Id, Roles.Member)).Should().Be("owner_protected");
        }

        await (await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}/members/{tenant.Owner.Id}", new { role = "admin" }))
            .ShouldBeProblem(HttpStatusCode.Conflict, "owner_protected");
    }

    [Fact]
    public async Task Owner_cannot_be_given()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();

        foreach (var body in new[] { """{"role": "owner"}""", """{"role": "boss"}""", """{"role": null}""", "{}" })
        {
            var problem = await (await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}/members/{person.Id}", body))
                .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
            problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("/role");
        }
    }

    [Fact]
    public async Task The_same_role_changes_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        var before = await service.Do(new GetOrganizationMember.Query(await tenant.OwnerAsync(), tenant.Id, person.Id));

        var after = await service.Do(new ChangeOrganizationMemberRole.Command(
            await tenant.OwnerAsync(), tenant.Id, person.Id, Roles.Member));

        after.Should().Be(before);
        (await service.EventsAsync(organization: tenant.Id))
            .Should().NotContain(e => e.Type == "organization.member_role_changed");
    }

    [Theory]
    [InlineData(true, "last_admin")]
    [InlineData(false, null)]
    public async Task Under_the_ceiling_the_last_workspace_admin_keeps_the_role_that_makes_it_one(
        bool ceiling, string? code)
    {
        var tenant = await service.NewTenantAsync(ceiling: ceiling);
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var other = await tenant.NewMemberAsync(Roles.Admin);
        await service.Do(new CreateWorkspace.Command(await admin.CallerAsync(), tenant.Id, "Alone"));

        var demotion = new ChangeOrganizationMemberRole.Command(
            await tenant.OwnerAsync(), tenant.Id, admin.Id, Roles.Member);

        (await service.Send(demotion)).Match(_ => (string?)null, fault => fault.Code).Should().Be(code);
        (await ChangeAsync(await tenant.OwnerAsync(), tenant, other.Id, Roles.Member)).Should().Be(Roles.Member);
    }

    [Fact]
    public async Task Who_rises_to_member_belongs_to_the_default_workspaces_and_who_was_removed_there_stays_out()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(type: "default");
        var guest = await tenant.NewMemberAsync(Roles.Guest);
        var removed = await tenant.NewMemberAsync();
        var owner = await tenant.OwnerAsync();
        await service.Do(new RemoveMember.Command(owner, workspace.Id, removed.Id));

        await ChangeAsync(owner, tenant, guest.Id, Roles.Viewer);
        (await CountAsync()).Should().Be(1);
        await ChangeAsync(owner, tenant, guest.Id, Roles.Member);
        (await CountAsync()).Should().Be(2);
        await ChangeAsync(owner, tenant, removed.Id, Roles.Admin);
        (await CountAsync()).Should().Be(2);

        (await service.EventsAsync(workspace.Id)).Where(e => e.Type == "member.joined" && e.Subject.Id == guest.Id)
            .Should().ContainSingle();

        async Task<long> CountAsync() =>
            (await service.Do(new GetWorkspace.Query(owner, workspace.Id))).Value.MemberCount;
    }

    [Fact]
    public async Task A_stale_edit_is_refused()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        var path = $"/v1/orgs/{tenant.Id}/members/{person.Id}";
        var tag = (await tenant.Client.GetAsync(path)).Headers.ETag!.ToString();
        await (await tenant.Client.PatchJson(path, new { role = "viewer" }, ("If-Match", tag))).Data();

        await (await tenant.Client.PatchJson(path, new { role = "guest" }, ("If-Match", tag)))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    [Fact]
    public async Task A_service_key_needs_members_manage()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        var weak = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, "read", "write"));
        var strong = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, "members:manage"));

        (await RefusedAsync(weak, tenant, person.Id, Roles.Guest)).Should().Be("forbidden");
        (await RefusedAsync(
            await service.CallerAsync(await tenant.ServiceKeyAsync("publishable")), tenant, person.Id, Roles.Guest))
            .Should().Be("forbidden");
        (await ChangeAsync(strong, tenant, person.Id, Roles.Guest)).Should().Be(Roles.Guest);
    }

    [Fact]
    public async Task In_a_suspended_organization_only_root_changes_roles()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        await service.Do(new UpdateOrganization.Command(
            ServiceFixture.RootCaller, tenant.Id, new() { Status = "suspended" }));

        (await RefusedAsync(await tenant.OwnerAsync(), tenant, person.Id, Roles.Guest))
            .Should().Be("organization_suspended");
        (await ChangeAsync(ServiceFixture.RootCaller, tenant, person.Id, Roles.Guest)).Should().Be(Roles.Guest);
    }

    [Fact]
    public async Task Someone_who_is_no_member_is_not_there_whatever_the_body()
    {
        var tenant = await service.NewTenantAsync();
        var member = await tenant.NewMemberAsync();
        var stranger = await service.NewTenantAsync();

        foreach (var body in new[] { """{"role": "guest"}""", """{"role": "boss"}""", """{"rank": 1}""", "{" })
        {
            await (await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}/members/{stranger.Owner.Id}", body))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            await (await member.Client.PatchJson($"/v1/orgs/{tenant.Id}/members/{stranger.Owner.Id}", body))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            await (await stranger.Client.PatchJson($"/v1/orgs/{tenant.Id}/members/{member.Id}", body))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }
    }

    private async Task<string> ChangeAsync(Caller caller, Tenant tenant, string user, string role) =>
        (await service.Do(new ChangeOrganizationMemberRole.Command(caller, tenant.Id, user, role))).Value.Role;

    private async Task<string> RefusedAsync(Caller caller, Tenant tenant, string user, string role) =>
        (await service.Refused(new ChangeOrganizationMemberRole.Command(caller, tenant.Id, user, role))).Code;
}
