using System.Net;
using WorkspaceService.Features.Members;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Invitations;

[Collection("Invitations")]
public sealed class ResendInvitationTests(ServiceFixture service)
{
    [Fact]
    public async Task An_invitation_of_a_member_who_was_deactivated_since_is_not_sent_again()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, person.Email);
        await service.ArrangeAsync("UPDATE invitations SET expires_at = 1 WHERE code = @Id", new { invitation.Id });
        await service.DeactivateAsync(person.Id);

        (await service.Refused(new ResendInvitation.Command(await tenant.OwnerAsync(), workspace.Id, invitation.Id)))
            .Code.Should().Be("user_deactivated");
    }

    [Fact]
    public async Task It_keeps_the_id_ends_the_old_token_and_sets_a_new_expiry()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(
            workspace.Id, "one@example.com", expiresAt: service.Clock.Now.AddHours(1));

        var response = await tenant.Client.PostAsync(
            $"/v1/workspaces/{workspace.Id}/invitations/{invitation.Id}/resend", null);

        var sent = await response.Data();
        sent.GetProperty("id").GetString().Should().Be(invitation.Id);
        var token = sent.GetProperty("token").GetString();
        token.Should().StartWith("inv_").And.NotBe(invitation.Token);
        sent.GetProperty("expires_at").GetDateTimeOffset()
            .Should().BeCloseTo(service.Clock.Now.AddDays(7), TimeSpan.FromMinutes(1));
        response.Headers.ETag.Should().NotBeNull();
        await (await service.Client(null).GetAsync($"/v1/invitations/{invitation.Token}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await service.Client(null).GetAsync($"/v1/invitations/{token}")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await service.EventsAsync(workspace.Id)).Count(e => e.Type == "invitation.resent").Should().Be(1);
    }

    [Fact]
    public async Task The_expiry_can_be_asked_for_within_bounds()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, "one@example.com");
        var owner = await tenant.OwnerAsync();
        var tomorrow = service.Clock.Now.AddDays(1);

        (await service.Do(new ResendInvitation.Command(owner, workspace.Id, invitation.Id, tomorrow))).Value.ExpiresAt
            .Should().BeCloseTo(tomorrow, TimeSpan.FromMilliseconds(1));
        (await service.Refused(new ResendInvitation.Command(
            owner, workspace.Id, invitation.Id, service.Clock.Now.AddDays(31)))).Code.Should().Be("validation_failed");
    }

    [Fact]
    public async Task An_expired_one_is_pending_again_and_holds_a_seat_again()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 2);
        var owner = await tenant.OwnerAsync();
        var invitation = await tenant.InviteAsync(
            workspace.Id, "one@example.com", expiresAt: service.Clock.Now.AddMinutes(2));
        service.Clock.Advance(TimeSpan.FromMinutes(3));
        var rival = await tenant.InviteAsync(
            workspace.Id, "two@example.com", expiresAt: service.Clock.Now.AddMinutes(2));

        (await service.Refused(new ResendInvitation.Command(owner, workspace.Id, invitation.Id))).Code
            .Should().Be("seat_limit_reached");
        await service.Do(new RevokeInvitation.Command(owner, workspace.Id, rival.Id));
        (await service.Do(new ResendInvitation.Command(owner, workspace.Id, invitation.Id))).Value.Status
            .Should().Be("pending");

        (await service.Refused(new InviteMembers.Command(owner, workspace.Id, "three@example.com", Roles.Member))).Code
            .Should().Be("seat_limit_reached");
    }

    [Fact]
    public async Task A_pending_one_is_sent_again_at_the_limit()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 2);
        var invitation = await tenant.InviteAsync(workspace.Id, "one@example.com");

        (await service.Do(new ResendInvitation.Command(await tenant.OwnerAsync(), workspace.Id, invitation.Id)))
            .Value.Token.Should().NotBeNull();
    }

    [Fact]
    public async Task
        An_expired_one_stays_so_while_a_newer_one_is_pending_and_comes_back_when_that_one_has_expired_too()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();
        var old = await tenant.InviteAsync(workspace.Id, "one@example.com", expiresAt: service.Clock.Now.AddMinutes(2));
        service.Clock.Advance(TimeSpan.FromMinutes(3));
        var newer = await tenant.InviteAsync(
            workspace.Id, "one@example.com", expiresAt: service.Clock.Now.AddMinutes(2));

        (await service.Refused(new ResendInvitation.Command(owner, workspace.Id, old.Id))).Code
            .Should().Be("invitation_pending");
        service.Clock.Advance(TimeSpan.FromMinutes(3));
        (await service.Do(new ResendInvitation.Command(owner, workspace.Id, old.Id))).Value.Status
            .Should().Be("pending");
        (await service.Do(new GetInvitation.Query(owner, workspace.Id, newer.Id))).Value.Status.Should().Be("expired");
    }

    [Fact]
    public async Task An_expired_one_of_somebody_who_came_in_otherwise_stays_so()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var member = await tenant.NewMemberAsync();
        var invitation = await tenant.InviteAsync(
            workspace.Id, member.Email, expiresAt: service.Clock.Now.AddMinutes(2));
        service.Clock.Advance(TimeSpan.FromMinutes(3));
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), workspace.Id, member.Id, Roles.Member));

        (await service.Refused(new ResendInvitation.Command(await tenant.OwnerAsync(), workspace.Id, invitation.Id)))
            .Code.Should().Be("already_member");
    }

    [Fact]
    public async Task One_that_was_answered_or_revoked_is_not_sent_again()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, "one@example.com");
        await service.Do(new RevokeInvitation.Command(owner, workspace.Id, invitation.Id));

        var fault = await service.Refused(new ResendInvitation.Command(owner, workspace.Id, invitation.Id));

        (fault.Kind, fault.Code).Should().Be((FaultKind.Conflict, "invalid_transition"));
    }

    [Fact]
    public async Task The_ceiling_counts_when_it_is_sent_again()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var member = await tenant.NewMemberAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, member.Email);
        await service.ArrangeAsync(
            "UPDATE organization_members SET role = 'guest' WHERE user_id = (SELECT id FROM users WHERE code = @Id)",
            new { member.Id });

        (await service.Refused(new ResendInvitation.Command(await tenant.OwnerAsync(), workspace.Id, invitation.Id)))
            .Code
            .Should().Be("role_exceeds_organization_role");
    }

    [Fact]
    public async Task A_stale_version_is_refused()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, "one@example.com");
        var url = $"/v1/workspaces/{workspace.Id}/invitations/{invitation.Id}";
        var tag = (await tenant.Client.GetAsync(url)).Headers.ETag!.Tag;

        (await tenant.Client.SendJson(HttpMethod.Post, $"{url}/resend", null, ("If-Match", tag))).StatusCode
            .Should().Be(HttpStatusCode.OK);
        await (await tenant.Client.SendJson(HttpMethod.Post, $"{url}/resend", null, ("If-Match", tag)))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    [Fact]
    public async Task Only_admins_send_again_and_an_unknown_one_is_not_found()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, "one@example.com");
        var member = await tenant.NewMemberOfAsync(workspace.Id);

        (await service.Refused(new ResendInvitation.Command(await member.CallerAsync(), workspace.Id, invitation.Id)))
            .Code.Should().Be("forbidden");
        var unknown = await tenant.Client.SendJson(
            HttpMethod.Post, $"/v1/workspaces/{workspace.Id}/invitations/INV-26-999999/resend", "{");
        await unknown.ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        var broken = await tenant.Client.SendJson(
            HttpMethod.Post, $"/v1/workspaces/{workspace.Id}/invitations/{invitation.Id}/resend", "{");
        await broken.ShouldBeProblem(HttpStatusCode.BadRequest, "malformed_json");
    }
}
