using System.Net;
using WorkspaceService.Features.Access;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Users;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Invitations;

[Collection("Invitations")]
public sealed class AcceptInvitationTests(ServiceFixture service)
{
    private static int _strangers;

    [Theory]
    [InlineData("member", "member")]
    [InlineData("viewer", "viewer")]
    [InlineData("guest", "guest")]
    public async Task A_person_of_no_organization_becomes_a_member_of_both(string role, string organizationRole)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var user = await service.NewUserAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, user.Email!.ToUpperInvariant(), role);
        var client = service.Client(await service.UserKeyAsync(user.Id));

        var response = await client.PostAsync($"/v1/invitations/{invitation.Token}/accept", null);

        var accepted = await response.Data();
        accepted.GetProperty("id").GetString().Should().Be(invitation.Id);
        accepted.GetProperty("status").GetString().Should().Be("accepted");
        accepted.GetProperty("user_id").GetString().Should().Be(user.Id);
        accepted.TryGetProperty("token", out _).Should().BeFalse();
        (await service.Do(new GetMember.Query(await tenant.OwnerAsync(), workspace.Id, user.Id))).Value.Role
            .Should().Be(role);
        (await service.ReadAsync<string>(
            "SELECT om.role FROM organization_members om JOIN users u ON u.id = om.user_id WHERE u.code = @Id",
            new { user.Id })).Should().Equal(organizationRole);
        (await service.ReadAsync<string>("SELECT type FROM events WHERE actor_id = @Id ORDER BY id", new { user.Id }))
            .Should().BeEquivalentTo("invitation.accepted", "organization.member_added", "member.added");
    }

    [Fact]
    public async Task An_organization_member_keeps_its_organization_role()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var invitation = await tenant.InviteAsync(workspace.Id, admin.Email, Roles.Guest);

        await service.Do(new AcceptInvitation.Command(await admin.CallerAsync(), invitation.Token!));

        (await service.ReadAsync<string>(
            "SELECT om.role FROM organization_members om JOIN users u ON u.id = om.user_id WHERE u.code = @Id",
            new { admin.Id })).Should().Equal("admin");
        (await service.ReadAsync<string>("SELECT type FROM events WHERE actor_id = @Id ORDER BY id", new { admin.Id }))
            .Should().BeEquivalentTo("invitation.accepted", "member.added");
    }

    [Fact]
    public async Task The_answers_tell_no_key_another_address_and_an_unknown_token_apart()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var (invitee, another) = (await tenant.NewMemberAsync(), await tenant.NewMemberAsync());
        var invitation = await tenant.InviteAsync(workspace.Id, invitee.Email);
        var url = $"/v1/invitations/{invitation.Token}/accept";

        await (await service.Client(null).PostAsync(url, null))
            .ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        await (await another.Client.PostAsync(url, null)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await tenant.Client.PostAsync(url, null)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await service.Root.PostJson(url, new { name = "Somebody" }))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await invitee.Client.PostAsync(url[..^9] + "x/accept", null))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await invitee.Client.PostAsync(url, null)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_is_no_longer_pending_is_gone_and_says_why()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var (owner, invitee) = (await tenant.OwnerAsync(), await tenant.NewMemberAsync());
        var caller = await invitee.CallerAsync();

        var revoked = await tenant.InviteAsync(workspace.Id, invitee.Email);
        await service.Do(new RevokeInvitation.Command(owner, workspace.Id, revoked.Id));
        var declined = await tenant.InviteAsync(workspace.Id, invitee.Email);
        await service.Do(new DeclineInvitation.Command(caller, declined.Token!));
        var expired = await tenant.InviteAsync(workspace.Id, invitee.Email, expiresAt: service.Clock.Now.AddMinutes(2));
        service.Clock.Advance(TimeSpan.FromMinutes(3));
        var refusedAsExpired = await service.Refused(new AcceptInvitation.Command(caller, expired.Token!));
        var used = await tenant.InviteAsync(workspace.Id, invitee.Email);
        await service.Do(new AcceptInvitation.Command(caller, used.Token!));

        refusedAsExpired.Kind.Should().Be(FaultKind.Gone);
        refusedAsExpired.Code.Should().Be("invitation_expired");
        (await service.Refused(new AcceptInvitation.Command(caller, revoked.Token!))).Code
            .Should().Be("invitation_revoked");
        (await service.Refused(new AcceptInvitation.Command(caller, declined.Token!))).Code
            .Should().Be("invitation_declined");
        (await service.Refused(new AcceptInvitation.Command(caller, used.Token!))).Code.Should().Be("invitation_used");
        (await service.Refused(new DeclineInvitation.Command(caller, used.Token!))).Code.Should().Be("invitation_used");
        await (await invitee.Client.PostAsync($"/v1/invitations/{used.Token}/accept", null))
            .ShouldBeProblem(HttpStatusCode.Gone, "invitation_used");
    }

    [Fact]
    public async Task It_works_at_the_seat_limit()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 2);
        var invitee = await tenant.NewMemberAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, invitee.Email);

        await service.Do(new AcceptInvitation.Command(await invitee.CallerAsync(), invitation.Token!));

        var seats = await service.Do(new ShowSeats.Query(await tenant.OwnerAsync(), workspace.Id));
        (seats.Taken, seats.Pending, seats.Free).Should().Be((2, 0, 0));
    }

    [Fact]
    public async Task Sixteen_accepts_at_once_give_one_membership()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 2);
        var user = await service.NewUserAsync();
        var caller = await service.CallerAsync(await service.UserKeyAsync(user.Id));
        var invitation = await tenant.InviteAsync(workspace.Id, user.Email!);

        var codes = await service.Race(
            Enumerable.Range(0, 16).Select(_ => new AcceptInvitation.Command(caller, invitation.Token!)));

        codes.Count(code => code == null).Should().Be(1);
        codes.Where(code => code != null).Should().OnlyContain(code => code == "invitation_used");
        (await service.Do(new ShowSeats.Query(await tenant.OwnerAsync(), workspace.Id))).Taken.Should().Be(2);
        (await service.ReadAsync<string>("SELECT type FROM events WHERE actor_id = @Id", new { user.Id }))
            .Should().HaveCount(3);
    }

    [Fact]
    public async Task Sixteen_accepts_on_behalf_of_one_person_make_one_user()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var key = await service.CallerAsync(await tenant.ServiceKeyAsync());
        var invitation = await tenant.InviteAsync(workspace.Id, Stranger());

        var codes = await service.Race(
            Enumerable.Range(0, 16).Select(_ => new AcceptInvitation.Command(key, invitation.Token!, "New Person")));

        codes.Count(code => code == null).Should().Be(1);
        codes.Where(code => code != null).Should().OnlyContain(code => code == "invitation_used");
    }

    [Fact]
    public async Task For_a_person_nobody_knows_a_key_accepts_with_a_name_and_the_user_is_made()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var address = Stranger();
        var invitation = await tenant.InviteAsync(workspace.Id, address);
        var client = service.Client(await tenant.ServiceKeyAsync("secret", null, Permissions.MembersManage));
        var url = $"/v1/invitations/{invitation.Token}/accept";

        var nameless = await client.PostAsync(url, null);
        var response = await client.PostJson(url, new { name = "Grace Hopper" });

        (await nameless.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed"))
            .GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("/name");
        var user = (await response.Data()).GetProperty("user_id").GetString();
        var member = (await service.Do(new GetMember.Query(await tenant.OwnerAsync(), workspace.Id, user!))).Value;
        (member.Name, member.Email, member.Role).Should().Be(("Grace Hopper", address, "member"));
        (await service.ReadAsync<string>("SELECT type FROM events WHERE subject_id = @user ORDER BY id", new { user }))
            .Should().BeEquivalentTo("user.created", "organization.member_added", "member.added");
        await (await client.PostJson(url, new { name = "Grace Hopper" }))
            .ShouldBeProblem(HttpStatusCode.Gone, "invitation_used");
    }

    [Fact]
    public async Task Root_accepts_on_behalf_too_and_no_other_key_does()
    {
        var (tenant, stranger) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, Stranger());

        foreach (var key in new[]
        {
            await tenant.ServiceKeyAsync("secret", null, Permissions.Read, Permissions.Write),
            await tenant.ServiceKeyAsync("secret", workspace.Id, Permissions.MembersManage),
            await tenant.ServiceKeyAsync("publishable"),
            await stranger.ServiceKeyAsync(),
            tenant.OwnerKey,
        })
        {
            (await service.Refused(new AcceptInvitation.Command(
                await service.CallerAsync(key), invitation.Token!, "Somebody"))).Code.Should().Be("forbidden");
        }

        (await service.Do(new AcceptInvitation.Command(ServiceFixture.RootCaller, invitation.Token!, "Somebody")))
            .Value.Status.Should().Be("accepted");
    }

    [Fact]
    public async Task Beyond_the_plan_nothing_of_it_happens()
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(null, 1, null));
        var workspace = await tenant.NewWorkspaceAsync();
        var address = Stranger();
        var invitation = await tenant.InviteAsync(workspace.Id, address);
        var key = await service.CallerAsync(await tenant.ServiceKeyAsync());

        var refused = await service.Refused(new AcceptInvitation.Command(key, invitation.Token!, "Too Many"));

        (refused.Code, refused.Details["limit"]).Should().Be(("plan_limit_exceeded", "members"));
        (await service.ReadAsync<string>("SELECT code FROM users WHERE email = @address", new { address }))
            .Should().BeEmpty();
        (await service.Do(new ShowInvitation.Query(invitation.Token!))).Value.Status.Should().Be("pending");
        var seats = await service.Do(new ShowSeats.Query(await tenant.OwnerAsync(), workspace.Id));
        (seats.Taken, seats.Pending).Should().Be((2, 1));
    }

    [Fact]
    public async Task
        An_archived_workspace_or_a_suspended_organization_takes_nobody_in_and_the_invitation_stays_pending()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitee = await (await tenant.NewMemberAsync()).CallerAsync();
        var invitation = await tenant.InviteAsync(
            workspace.Id, (await service.ReadAsync<string>("SELECT email FROM users WHERE id = @UserId", invitee))[0]);

        await service.ArrangeAsync("UPDATE workspaces SET status = 'archived' WHERE code = @Id", new { workspace.Id });
        (await service.Refused(new AcceptInvitation.Command(invitee, invitation.Token!))).Code
            .Should().Be("workspace_archived");
        await service.ArrangeAsync("UPDATE workspaces SET status = 'active' WHERE code = @Id", new { workspace.Id });
        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });
        (await service.Refused(new AcceptInvitation.Command(invitee, invitation.Token!))).Code
            .Should().Be("organization_suspended");
        (await service.Do(new ShowInvitation.Query(invitation.Token!))).Value.Status.Should().Be("pending");
        await service.ArrangeAsync("UPDATE organizations SET status = 'active' WHERE code = @Id", new { tenant.Id });
        (await service.Do(new AcceptInvitation.Command(invitee, invitation.Token!))).Value.Status
            .Should().Be("accepted");
    }

    [Fact]
    public async Task An_invitation_outlives_its_inviters_power()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var (admin, invitee) = (await tenant.NewMemberAsync(Roles.Admin), await tenant.NewMemberAsync());
        var invitation = (await service.Do(new InviteMembers.Command(
            await admin.CallerAsync(), workspace.Id, invitee.Email, Roles.Member))).Value;
        await service.ArrangeAsync(
            "DELETE FROM organization_members WHERE user_id = (SELECT id FROM users WHERE code = @Id)",
            new { admin.Id });

        (await service.Do(new AcceptInvitation.Command(await invitee.CallerAsync(), invitation.Token!))).Value.Status
            .Should().Be("accepted");
    }

    [Fact]
    public async Task Adding_an_invited_person_uses_the_invitation_up_and_takes_over_its_seat()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 2);
        var invitee = await tenant.NewMemberAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, invitee.Email);

        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, invitee.Id, Roles.Viewer));

        (await service.Refused(new AcceptInvitation.Command(await invitee.CallerAsync(), invitation.Token!))).Code
            .Should().Be("invitation_used");
        var seats = await service.Do(new ShowSeats.Query(await tenant.OwnerAsync(), workspace.Id));
        (seats.Taken, seats.Pending).Should().Be((2, 0));
        (await service.EventsAsync(workspace.Id)).Count(e => e.Type == "invitation.accepted").Should().Be(1);
    }

    [Theory]
    [InlineData(Roles.Admin, Roles.Admin, 1)]
    [InlineData(Roles.Guest, Roles.Member, 0)]
    public async Task Who_was_taken_into_a_default_workspace_while_invited_to_it_rises_by_accepting_and_never_falls(
        string invited, string role, int changes)
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var workspace = await tenant.NewWorkspaceAsync(type: "default", seatLimit: 3);
        var user = await tenant.NewUserAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, user.Email!, invited);
        await service.Do(new AddOrganizationMember.Command(await tenant.OwnerAsync(), tenant.Id, UserId: user.Id));
        var before = await service.Do(new ShowSeats.Query(await tenant.OwnerAsync(), workspace.Id));

        await service.Do(new AcceptInvitation.Command(
            await service.CallerAsync(await service.UserKeyAsync(user.Id)), invitation.Token!));

        (before.Taken, before.Pending).Should().Be((3, 1));
        var after = await service.Do(new ShowSeats.Query(await tenant.OwnerAsync(), workspace.Id));
        (after.Taken, after.Pending).Should().Be((2, 0));
        (await service.Do(new GetMember.Query(await tenant.OwnerAsync(), workspace.Id, user.Id))).Value.Role
            .Should().Be(role);
        (await service.EventsAsync(workspace.Id)).Count(e => e.Type == "member.role_changed").Should().Be(changes);
    }

    [Theory]
    [InlineData(Roles.Viewer, Roles.Viewer)]
    [InlineData(Roles.Member, Roles.Member)]
    public async Task Into_a_default_workspace_a_stranger_comes_once_and_as_invited(
        string invited, string organizationRole)
    {
        var tenant = await service.NewTenantAsync();
        var (workspace, other) = (await tenant.NewWorkspaceAsync(type: "default", seatLimit: 2),
            await tenant.NewWorkspaceAsync(type: "default"));
        var invitation = await tenant.InviteAsync(workspace.Id, Stranger(), invited);

        var user = (await service.Do(new AcceptInvitation.Command(
            ServiceFixture.RootCaller, invitation.Token!, "Somebody"))).Value.UserId;

        (await service.Do(new GetMember.Query(await tenant.OwnerAsync(), workspace.Id, user))).Value.Role
            .Should().Be(invited);
        (await service.Do(new ShowSeats.Query(await tenant.OwnerAsync(), workspace.Id))).Taken.Should().Be(2);
        (await service.Do(new ShowSeats.Query(await tenant.OwnerAsync(), other.Id))).Taken
            .Should().Be(organizationRole == Roles.Member ? 2 : 1);
    }

    [Fact]
    public async Task The_ceiling_counts_when_it_is_accepted()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitee = await tenant.NewMemberAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, invitee.Email);
        await service.ArrangeAsync(
            "UPDATE organization_members SET role = 'guest' WHERE user_id = (SELECT id FROM users WHERE code = @Id)",
            new { invitee.Id });

        (await service.Refused(new AcceptInvitation.Command(await invitee.CallerAsync(), invitation.Token!))).Code
            .Should().Be("role_exceeds_organization_role");
    }

    [Fact]
    public async Task Whoever_accepts_on_a_persons_behalf_manages_the_user_that_it_makes()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var key = await service.CallerAsync(await tenant.ServiceKeyAsync());

        foreach (var (caller, managing) in new[] { (key, tenant.Id), (ServiceFixture.RootCaller, null) })
        {
            var invitation = await tenant.InviteAsync(workspace.Id, $"{Guid.NewGuid():N}@example.com");
            var accepted = await service.Do(new AcceptInvitation.Command(caller, invitation.Token!, "Ada"));
            (await service.Do(new GetUser.Query(ServiceFixture.RootCaller, accepted.Value.UserId))).Value.ManagedBy
                .Should().Be(managing);
        }

        var stranger = await service.NewUserAsync();
        var itself = await service.CallerAsync(await service.UserKeyAsync(stranger.Id));
        var invited = await tenant.InviteAsync(workspace.Id, stranger.Email!);
        await service.Do(new AcceptInvitation.Command(itself, invited.Token!));
        (await service.Do(new GetUser.Query(itself, stranger.Id))).Value.ManagedBy
            .Should().BeNull("who joins an organization is not managed by it");
    }

    [Fact]
    public async Task A_deactivated_user_cannot_accept()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitee = await tenant.NewMemberAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, invitee.Email);
        await service.DeactivateAsync(invitee.Id);

        var response = await invitee.Client.PostAsync($"/v1/invitations/{invitation.Token}/accept", null);

        await response.ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        (await service.Refused(new AcceptInvitation.Command(ServiceFixture.RootCaller, invitation.Token!, "Somebody")))
            .Code.Should().Be("invitation_revoked", "deactivating revokes it");
    }

    [Fact]
    public async Task A_user_key_narrowed_to_another_organization_does_not_answer()
    {
        var (tenant, other) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, other.Owner.Email!);
        var narrowed = (await service.Do(new Features.ApiKeys.CreateApiKey.Command(
            await other.OwnerAsync(), "Narrow", "user", other.Id))).Value.Key!;

        (await service.Refused(new AcceptInvitation.Command(await service.CallerAsync(narrowed), invitation.Token!)))
            .Code.Should().Be("forbidden");
        (await service.Do(new AcceptInvitation.Command(await other.OwnerAsync(), invitation.Token!))).Value.Status
            .Should().Be("accepted");
    }

    [Fact]
    public async Task A_retry_with_the_same_key_gets_the_same_answer()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitee = await tenant.NewMemberAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, invitee.Email);
        var url = $"/v1/invitations/{invitation.Token}/accept";

        var first = await invitee.Client.SendJson(HttpMethod.Post, url, null, ("Idempotency-Key", "accept"));
        var second = await invitee.Client.SendJson(HttpMethod.Post, url, null, ("Idempotency-Key", "accept"));

        (await second.Data()).GetRawText().Should().Be((await first.Data()).GetRawText());
        second.Headers.GetValues("Idempotency-Replayed").Should().Equal("true");
    }

    [Fact]
    public async Task A_stale_version_is_refused()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitee = await tenant.NewMemberAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, invitee.Email);
        var tag = (await service.Client(null).GetAsync($"/v1/invitations/{invitation.Token}")).Headers.ETag!.Tag;
        var url = $"/v1/invitations/{invitation.Token}/accept";

        await (await invitee.Client.SendJson(HttpMethod.Post, url, null, ("If-Match", "\"9-x\"")))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
        (await invitee.Client.SendJson(HttpMethod.Post, url, null, ("If-Match", tag))).StatusCode
            .Should().Be(HttpStatusCode.OK);
    }

    private static string Stranger() => $"stranger{Interlocked.Increment(ref _strangers)}@example.com";
}
