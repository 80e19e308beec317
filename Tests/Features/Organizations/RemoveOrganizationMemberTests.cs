using System.Net;
using WorkspaceService.Features.Invitations;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Users;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

[Collection("Organizations")]
public sealed class RemoveOrganizationMemberTests(ServiceFixture service)
{
    [Fact]
    public async Task Every_membership_goes_with_it_and_none_of_another_organization()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var first = await tenant.NewWorkspaceAsync();
        var second = await tenant.NewWorkspaceAsync();
        var elsewhere = await other.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(first.Id);
        await service.Do(new AddMember.Command(ServiceFixture.RootCaller, second.Id, person.Id, Roles.Viewer));
        await service.Do(new AddOrganizationMember.Command(ServiceFixture.RootCaller, other.Id, person.Id));
        await service.Do(new AddMember.Command(ServiceFixture.RootCaller, elsewhere.Id, person.Id, Roles.Member));

        var response = await tenant.Client.DeleteAsync($"/v1/orgs/{tenant.Id}/members/{person.Id}");

        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await response.Content.ReadAsStringAsync()).Should().BeEmpty();
        await (await person.Client.GetAsync($"/v1/orgs/{tenant.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await person.Client.GetAsync($"/v1/workspaces/{first.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await (await tenant.Client.DeleteAsync($"/v1/orgs/{tenant.Id}/members/{person.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await service.Do(new GetWorkspace.Query(ServiceFixture.RootCaller, first.Id))).Value.MemberCount
            .Should().Be(1);
        (await service.Do(new GetWorkspace.Query(ServiceFixture.RootCaller, elsewhere.Id))).Value.MemberCount
            .Should().Be(2);
        (await service.Do(new GetOrganization.Query(ServiceFixture.RootCaller, tenant.Id))).Value.MemberCount
            .Should().Be(1);
        var recorded = await service.EventsAsync(organization: tenant.Id);
        recorded.Where(e => e.Type == "member.removed").Select(e => (e.WorkspaceId, e.Subject.Id, e.Changes.Text))
            .Should().BeEquivalentTo(
                new[]
                {
                    (first.Id, person.Id, """{"role":["member",null]}"""),
                    (second.Id, person.Id, """{"role":["viewer",null]}"""),
                });
        var gone = recorded.Single(e => e.Type == "organization.member_removed");
        (gone.Subject.Id, gone.WorkspaceId, gone.Changes.Text)
            .Should().Be((person.Id, null, """{"role":["member",null]}"""));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pending_invitations_and_join_requests_end_with_it_with_an_event_each(bool leaves)
    {
        var (tenant, other) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var (first, second) = (await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync(seatLimit: 2));
        var (closed, elsewhere) = (await tenant.NewWorkspaceAsync(type: "closed"), await other.NewWorkspaceAsync());
        var person = await tenant.NewMemberAsync();
        var invitations = new[]
        {
            await tenant.InviteAsync(first.Id, person.Email.ToUpperInvariant()),
            await tenant.InviteAsync(second.Id, person.Email),
        };
        var bystander = await tenant.InviteAsync(first.Id, $"by.{person.Id}@example.com");
        var theirs = await other.InviteAsync(elsewhere.Id, person.Email);
        var request = await (await person.Client.PostJson($"/v1/workspaces/{closed.Id}/join-requests", new { }))
            .Data(HttpStatusCode.Created);
        await service.Do(new ArchiveWorkspace.Command(await tenant.OwnerAsync(), first.Id));

        (await (leaves ? person.Client : tenant.Client).DeleteAsync($"/v1/orgs/{tenant.Id}/members/{person.Id}"))
            .StatusCode.Should().Be(HttpStatusCode.NoContent);

        foreach (var invitation in invitations)
        {
            await (await person.Client.PostJson($"/v1/invitations/{invitation.Token}/accept", new { }))
                .ShouldBeProblem(HttpStatusCode.Gone, "invitation_revoked");
        }

        var recorded = await service.EventsAsync(organization: tenant.Id);
        recorded.Where(e => e.Type == "invitation.revoked")
            .Select(e => (e.WorkspaceId, e.Subject.Kind, e.Subject.Id, e.Changes.Text)).Should().BeEquivalentTo(
                new[]
                {
                    (first.Id, "invitation", invitations[0].Id, """{"status":["pending","revoked"]}"""),
                    (second.Id, "invitation", invitations[1].Id, """{"status":["pending","revoked"]}"""),
                });
        var asked = request.GetProperty("id").GetString()!;
        recorded.Where(e => e.Type == "join_request.withdrawn")
            .Select(e => (e.WorkspaceId, e.Subject.Kind, e.Subject.Id, e.Changes.Text)).Should().Equal(
                (closed.Id, "join_request", asked, """{"status":["pending","withdrawn"]}"""));
        (await service.ReadAsync<string>("SELECT status FROM join_requests WHERE code = @asked", new { asked }))
            .Should().Equal("withdrawn");
        (await service.ReadAsync<string>(
            "SELECT status FROM invitations WHERE code = @a OR code = @b", new { a = bystander.Id, b = theirs.Id }))
            .Should().Equal("pending", "pending");
        await tenant.InviteAsync(second.Id, $"seat.{person.Id}@example.com");
        (await person.Client.PostJson($"/v1/invitations/{theirs.Token}/accept", new { })).StatusCode
            .Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_refused_removal_revokes_and_withdraws_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        await service.Do(new CreateWorkspace.Command(await admin.CallerAsync(), tenant.Id, "Alone"));
        var invitation = await tenant.InviteAsync((await tenant.NewWorkspaceAsync()).Id, admin.Email);

        (await RefusedAsync(await tenant.OwnerAsync(), tenant, admin.Id)).Should().Be("last_admin");

        (await service.ReadAsync<string>("SELECT status FROM invitations WHERE code = @Id", new { invitation.Id }))
            .Should().Equal("pending");
        (await service.EventsAsync(organization: tenant.Id, type: "invitation.revoked")).Should().BeEmpty();
    }

    [Fact]
    public async Task Accepting_while_being_removed_lets_nobody_back_in()
    {
        for (var round = 0; round < 8; round++)
        {
            var tenant = await service.NewTenantAsync();
            var workspace = await tenant.NewWorkspaceAsync();
            var person = await tenant.NewMemberAsync();
            var invitation = await tenant.InviteAsync(workspace.Id, person.Email);
            var (owner, itself) = (await tenant.OwnerAsync(), await person.CallerAsync());

            var removal = Task.Run(() => service.Next.Do(
                new RemoveOrganizationMember.Command(owner, tenant.Id, person.Id)));
            await Task.Run(() => service.Next.Send(new AcceptInvitation.Command(itself, invitation.Token!)));
            await removal;

            (await service.Send(new AcceptInvitation.Command(itself, invitation.Token!)))
                .Match(_ => FaultKind.Internal, fault => fault.Kind).Should().Be(FaultKind.Gone);
            (await service.Do(new GetOrganization.Query(ServiceFixture.RootCaller, tenant.Id))).Value.MemberCount
                .Should().Be(1);
            (await service.Do(new GetWorkspace.Query(ServiceFixture.RootCaller, workspace.Id))).Value.MemberCount
                .Should().Be(1);
        }
    }

    [Theory]
    [InlineData(Roles.Admin)]
    [InlineData(Roles.Member)]
    [InlineData(Roles.Billing)]
    [InlineData(Roles.Guest)]
    public async Task People_leave_by_themselves(string role)
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync(role);

        (await person.Client.DeleteAsync($"/v1/orgs/{tenant.Id}/members/{person.Id}")).StatusCode
            .Should().Be(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Only_admins_remove_others()
    {
        var tenant = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var peer = await tenant.NewMemberAsync(Roles.Admin);
        var member = await tenant.NewMemberAsync();
        var weak = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, "read", "write"));
        var strong = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, "members:manage"));

        (await RefusedAsync(await member.CallerAsync(), tenant, admin.Id)).Should().Be("forbidden");
        (await RefusedAsync(weak, tenant, member.Id)).Should().Be("forbidden");
        await service.Do(new RemoveOrganizationMember.Command(await admin.CallerAsync(), tenant.Id, peer.Id));
        await service.Do(new RemoveOrganizationMember.Command(strong, tenant.Id, member.Id));
    }

    [Fact]
    public async Task The_admin_who_joined_first_owns_its_workspaces_then()
    {
        var tenant = await service.NewTenantAsync();
        var leaving = await tenant.NewMemberAsync(Roles.Admin);
        var workspace = (await service.Do(
            new CreateWorkspace.Command(await leaving.CallerAsync(), tenant.Id, "Theirs"))).Value;
        var heir = await tenant.NewMemberAsync(Roles.Admin);
        await tenant.AddToAsync(workspace.Id, heir.Id, Roles.Admin);
        await tenant.AddToAsync(workspace.Id, (await tenant.NewMemberAsync(Roles.Admin)).Id, Roles.Admin);

        (await service.OwnerOfAsync(workspace.Id)).Should().Be(leaving.Id);
        await service.Do(new RemoveOrganizationMember.Command(await tenant.OwnerAsync(), tenant.Id, leaving.Id));
        (await service.OwnerOfAsync(workspace.Id)).Should().Be(heir.Id);
    }

    [Fact]
    public async Task The_owner_is_protected_from_everyone_itself_included()
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
            (await RefusedAsync(caller, tenant, tenant.Owner.Id)).Should().Be("owner_protected");
        }
    }

    [Fact]
    public async Task The_last_admin_of_one_workspace_stays_in_all()
    {
        var tenant = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var shared = await tenant.NewWorkspaceAsync();
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), shared.Id, admin.Id, Roles.Admin));
        var alone = (await service.Do(new CreateWorkspace.Command(await admin.CallerAsync(), tenant.Id, "Alone")))
            .Value;

        (await RefusedAsync(await tenant.OwnerAsync(), tenant, admin.Id)).Should().Be("last_admin");
        (await RefusedAsync(await admin.CallerAsync(), tenant, admin.Id)).Should().Be("last_admin");

        (await service.Do(new GetWorkspace.Query(ServiceFixture.RootCaller, shared.Id))).Value.MemberCount
            .Should().Be(2);
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), alone.Id, tenant.Owner.Id, Roles.Admin));
        await service.Do(new RemoveOrganizationMember.Command(await tenant.OwnerAsync(), tenant.Id, admin.Id));
        (await service.Do(new GetWorkspace.Query(ServiceFixture.RootCaller, alone.Id))).Value.MemberCount
            .Should().Be(1);
    }

    [Fact]
    public async Task A_deactivated_person_frees_no_place_twice()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id);
        await service.Do(new UpdateUser.Command(
            ServiceFixture.RootCaller, person.Id, new() { Status = "deactivated" }));

        await service.Do(new RemoveOrganizationMember.Command(await tenant.OwnerAsync(), tenant.Id, person.Id));

        (await service.Do(new GetOrganization.Query(ServiceFixture.RootCaller, tenant.Id))).Value.MemberCount
            .Should().Be(1);
        (await service.Do(new GetWorkspace.Query(ServiceFixture.RootCaller, workspace.Id))).Value.MemberCount
            .Should().Be(1);
    }

    [Fact]
    public async Task The_place_is_free_again()
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(null, 2, null));
        var person = await tenant.NewMemberAsync();
        var next = await tenant.NewUserAsync();
        (await service.Refused(new AddOrganizationMember.Command(await tenant.OwnerAsync(), tenant.Id, next.Id))).Code
            .Should().Be("plan_limit_exceeded");

        await service.Do(new RemoveOrganizationMember.Command(await tenant.OwnerAsync(), tenant.Id, person.Id));

        await service.Do(new AddOrganizationMember.Command(await tenant.OwnerAsync(), tenant.Id, next.Id));
    }

    [Fact]
    public async Task A_stale_removal_is_refused()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        var path = $"/v1/orgs/{tenant.Id}/members/{person.Id}";
        var tag = (await tenant.Client.GetAsync(path)).Headers.ETag!.ToString();
        await (await tenant.Client.PatchJson(path, new { role = "viewer" })).Data();

        await (await tenant.Client.SendJson(HttpMethod.Delete, path, null, ("If-Match", tag)))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    [Fact]
    public async Task A_suspended_organization_keeps_its_people()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        await service.Do(new UpdateOrganization.Command(
            ServiceFixture.RootCaller, tenant.Id, new() { Status = "cancelled" }));

        (await RefusedAsync(await tenant.OwnerAsync(), tenant, person.Id)).Should().Be("organization_suspended");
        (await RefusedAsync(await person.CallerAsync(), tenant, person.Id)).Should().Be("organization_suspended");
        await service.Do(new RemoveOrganizationMember.Command(ServiceFixture.RootCaller, tenant.Id, person.Id));
    }

    [Fact]
    public async Task Sixteen_admins_who_leave_at_once_leave_one_behind()
    {
        var tenant = await service.NewTenantAsync();
        var first = await tenant.NewMemberAsync(Roles.Admin);
        var workspace = (await service.Do(new CreateWorkspace.Command(await first.CallerAsync(), tenant.Id, "Shared")))
            .Value;
        var admins = new List<Person> { first };
        for (var i = 0; i < 15; i++)
        {
            admins.Add(await tenant.NewMemberOfAsync(workspace.Id, Roles.Admin));
        }

        var owner = await tenant.OwnerAsync();
        var codes = await service.Race(
            admins.Select(admin => new RemoveOrganizationMember.Command(owner, tenant.Id, admin.Id)));

        codes.Count(code => code is null).Should().Be(15);
        codes.Count(code => code == "last_admin").Should().Be(1);
        (await service.Do(new GetWorkspace.Query(owner, workspace.Id))).Value.MemberCount.Should().Be(1);
        (await service.Do(new GetOrganization.Query(owner, tenant.Id))).Value.MemberCount.Should().Be(2);
    }

    [Fact]
    public async Task Sixteen_removals_of_one_person_count_once()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id);
        var owner = await tenant.OwnerAsync();

        var codes = await service.Race(
            Enumerable.Range(0, 16).Select(_ => new RemoveOrganizationMember.Command(owner, tenant.Id, person.Id)));

        codes.Count(code => code is null).Should().Be(1);
        codes.Count(code => code == "not_found").Should().Be(15);
        (await service.Do(new GetOrganization.Query(owner, tenant.Id))).Value.MemberCount.Should().Be(1);
        (await service.Do(new GetWorkspace.Query(owner, workspace.Id))).Value.MemberCount.Should().Be(1);
    }

    private async Task<string> RefusedAsync(Caller caller, Tenant tenant, string user) =>
        (await service.Refused(new RemoveOrganizationMember.Command(caller, tenant.Id, user))).Code;
}
