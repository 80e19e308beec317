using System.Net;
using WorkspaceService.Features.Access;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

[Collection("Members")]
public sealed class RemoveMemberTests(ServiceFixture service)
{
    [Fact]
    public async Task The_seat_is_free_again_and_the_organization_membership_stays()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 2);
        var person = await tenant.NewMemberOfAsync(workspace.Id);

        var response = await tenant.Client.DeleteAsync($"/v1/workspaces/{workspace.Id}/members/{person.Id}");

        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await response.Content.ReadAsStringAsync()).Should().BeEmpty();
        (await service.Do(new ShowSeats.Query(await tenant.OwnerAsync(), workspace.Id))).Free.Should().Be(1);
        await (await tenant.Client.DeleteAsync($"/v1/workspaces/{workspace.Id}/members/{person.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await service.Refused(new AddOrganizationMember.Command(await tenant.OwnerAsync(), tenant.Id, person.Id))).Code
            .Should().Be("already_member");
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, person.Id, Roles.Member));
    }

    [Theory]
    [InlineData(Roles.Member)]
    [InlineData(Roles.Viewer)]
    [InlineData(Roles.Guest)]
    public async Task A_member_may_leave_and_remove_nobody_else(string role)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id, role);
        var other = await tenant.NewMemberOfAsync(workspace.Id, Roles.Guest);

        (await Refused(await person.CallerAsync(), workspace, other.Id)).Should().Be("forbidden");
        (await Refused(await person.CallerAsync(), workspace, "USR-26-999999")).Should().Be("forbidden");
        await Remove(await person.CallerAsync(), workspace, person.Id);
        (await Refused(await person.CallerAsync(), workspace, person.Id)).Should().Be("not_found");
    }

    [Fact]
    public async Task Leaving_and_being_removed_are_told_apart()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var leaver = await tenant.NewMemberOfAsync(workspace.Id);
        var removed = await tenant.NewMemberOfAsync(workspace.Id, Roles.Viewer);

        await Remove(await leaver.CallerAsync(), workspace, leaver.Id);
        await Remove(await tenant.OwnerAsync(), workspace, removed.Id);

        var events = await service.EventsAsync(workspace.Id);
        var left = events.Single(e => e.Type == "member.left");
        (left.Actor.Id, left.Subject.Id, left.Changes.Text)
            .Should().Be((leaver.Id, leaver.Id, """{"role":["member",null]}"""));
        var gone = events.Single(e => e.Type == "member.removed");
        (gone.Actor.Id, gone.Subject.Id, gone.Changes.Text)
            .Should().Be((tenant.Owner.Id, removed.Id, """{"role":["viewer",null]}"""));
    }

    [Fact]
    public async Task The_last_admin_can_neither_be_removed_nor_leave()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var gone = await tenant.NewMemberOfAsync(workspace.Id, Roles.Admin);
        await service.DeactivateAsync(gone.Id);

        (await Refused(await tenant.OwnerAsync(), workspace, tenant.Owner.Id)).Should().Be("last_admin");
        (await Refused(await admin.CallerAsync(), workspace, tenant.Owner.Id)).Should().Be("last_admin");
        (await Refused(ServiceFixture.RootCaller, workspace, tenant.Owner.Id)).Should().Be("last_admin");

        await Remove(await tenant.OwnerAsync(), workspace, gone.Id);
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, admin.Id, Roles.Admin));
        await Remove(await tenant.OwnerAsync(), workspace, tenant.Owner.Id);
        (await service.Do(new ShowSeats.Query(await tenant.OwnerAsync(), workspace.Id))).Taken.Should().Be(1);
    }

    [Fact]
    public async Task Who_belongs_by_organization_role_alone_is_no_member_to_remove()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);

        (await Refused(await tenant.OwnerAsync(), workspace, admin.Id)).Should().Be("not_found");
        (await Refused(await admin.CallerAsync(), workspace, admin.Id)).Should().Be("not_found");
        (await Refused(await tenant.OwnerAsync(), workspace, "nobody")).Should().Be("not_found");
    }

    [Fact]
    public async Task A_service_key_needs_members_manage()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id);
        var weak = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, "read", "write"));
        var strong = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", workspace.Id, "members:manage"));
        var publishable = await service.CallerAsync(await tenant.ServiceKeyAsync("publishable"));

        (await Refused(weak, workspace, person.Id)).Should().Be("forbidden");
        (await Refused(publishable, workspace, person.Id)).Should().Be("forbidden");
        await Remove(strong, workspace, person.Id);
    }

    [Fact]
    public async Task Archived_and_suspended_keep_their_members()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id);
        await service.ArrangeAsync("UPDATE workspaces SET status = 'archived' WHERE code = @Id", new { workspace.Id });
        (await Refused(await tenant.OwnerAsync(), workspace, person.Id)).Should().Be("workspace_archived");
        (await Refused(await person.CallerAsync(), workspace, person.Id)).Should().Be("workspace_archived");

        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });
        (await Refused(await tenant.OwnerAsync(), workspace, person.Id)).Should().Be("organization_suspended");
        (await Refused(await person.CallerAsync(), workspace, person.Id)).Should().Be("organization_suspended");
    }

    [Fact]
    public async Task A_stale_version_is_not_removed()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id);
        var url = $"/v1/workspaces/{workspace.Id}/members/{person.Id}";
        var stale = (await tenant.Client.GetAsync(url)).Headers.ETag!.Tag;
        var current = (await tenant.Client.PatchJson(url, new { role = "viewer" })).Headers.ETag!.Tag;

        await (await tenant.Client.SendJson(HttpMethod.Delete, url, null, ("If-Match", stale)))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
        (await tenant.Client.SendJson(HttpMethod.Delete, url, null, ("If-Match", current))).StatusCode
            .Should().Be(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Another_tenant_finds_nothing_to_remove()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var other = await service.NewTenantAsync();

        (await Refused(await other.OwnerAsync(), workspace, tenant.Owner.Id)).Should().Be("not_found");
        (await Refused(await other.OwnerAsync(), workspace, other.Owner.Id)).Should().Be("not_found");
    }

    [Fact]
    public async Task Sixteen_admins_removed_demoted_and_leaving_at_once_leave_exactly_one()
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var workspace = await tenant.NewWorkspaceAsync();
        var admins = new List<(string Id, Caller Caller)> { (tenant.Owner.Id, await tenant.OwnerAsync()) };
        while (admins.Count < 16)
        {
            var person = await tenant.NewMemberOfAsync(workspace.Id, Roles.Admin, organizationRole: Roles.Guest);
            admins.Add((person.Id, await person.CallerAsync()));
        }

        var outcomes = await Task.WhenAll(admins.Select((admin, n) => Task.Run(async () => (n % 4) switch
        {
            0 => await Code(new RemoveMember.Command(ServiceFixture.RootCaller, workspace.Id, admin.Id)),
            1 => await Code(new RemoveMember.Command(admin.Caller, workspace.Id, admin.Id)),
            2 => await Code(new ChangeMemberRole.Command(
                ServiceFixture.RootCaller, workspace.Id, admin.Id, Roles.Member)),
            _ => await Code(new ChangeMemberRole.Command(admin.Caller, workspace.Id, admin.Id, Roles.Viewer)),
        })));

        outcomes.Count(code => code is null).Should().Be(15);
        outcomes.Should().ContainSingle(code => code == "last_admin");
        var left = (await service.Do(new ListMembers.Query(ServiceFixture.RootCaller, workspace.Id))).Items;
        left.Count(m => m.Role == Roles.Admin).Should().Be(1);
    }

    private async Task<string?> Code<T>(MediatR.IRequest<Outcome<T>> message) =>
        (await service.Next.Send(message)).Match(_ => (string?)null, fault => fault.Code);

    private Task<MemberObject> Remove(Caller caller, WorkspaceObject workspace, string user) =>
        service.Do(new RemoveMember.Command(caller, workspace.Id, user));

    private async Task<string> Refused(Caller caller, WorkspaceObject workspace, string user) =>
        (await service.Refused(new RemoveMember.Command(caller, workspace.Id, user))).Code;
}
