using System.Net;

namespace WorkspaceService.Features.Invitations;

[Collection("Invitations")]
public sealed class RevokeInvitationTests(ServiceFixture service)
{
    [Fact]
    public async Task It_ends_the_invitation_and_frees_its_seat()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 2);
        var invitation = await tenant.InviteAsync(workspace.Id, "one@example.com");

        var response = await tenant.Client.DeleteAsync($"/v1/workspaces/{workspace.Id}/invitations/{invitation.Id}");

        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await service.Do(new ShowInvitation.Query(invitation.Token!))).Value.Status.Should().Be("revoked");
        var events = (await service.EventsAsync(workspace.Id))
            .Where(e => e.Type.StartsWith("invitation.", StringComparison.Ordinal));
        events.Select(e => e.Type).Should().BeEquivalentTo("invitation.created", "invitation.revoked");
        (await tenant.InviteAsync(workspace.Id, "one@example.com")).Id.Should().NotBe(invitation.Id);
    }

    [Fact]
    public async Task Only_a_pending_one_is_revoked()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();
        var revoked = await tenant.InviteAsync(workspace.Id, "one@example.com");
        await service.Do(new RevokeInvitation.Command(owner, workspace.Id, revoked.Id));
        var expired = await tenant.InviteAsync(
            workspace.Id, "two@example.com", expiresAt: service.Clock.Now.AddMinutes(2));
        service.Clock.Advance(TimeSpan.FromMinutes(3));

        (await service.Refused(new RevokeInvitation.Command(owner, workspace.Id, revoked.Id))).Code
            .Should().Be("invalid_transition");
        (await service.Refused(new RevokeInvitation.Command(owner, workspace.Id, expired.Id))).Code
            .Should().Be("invalid_transition");
    }

    [Fact]
    public async Task Of_accepting_and_revoking_at_once_one_happens()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();
        for (var round = 0; round < 8; round++)
        {
            var user = await service.NewUserAsync();
            var invitee = await service.CallerAsync(await service.UserKeyAsync(user.Id));
            var invitation = await tenant.InviteAsync(workspace.Id, user.Email!);

            var accepting = service.Race([new AcceptInvitation.Command(invitee, invitation.Token!)]);
            var revoking = service.Race([new RevokeInvitation.Command(owner, workspace.Id, invitation.Id)]);
            var (accepted, revoked) = ((await accepting)[0], (await revoking)[0]);

            ((accepted, revoked) is (null, "invalid_transition") or ("invitation_revoked", null))
                .Should().BeTrue($"{accepted}, {revoked}");
        }
    }

    [Fact]
    public async Task A_stale_version_is_refused()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, "one@example.com");
        var url = $"/v1/workspaces/{workspace.Id}/invitations/{invitation.Id}";

        await (await tenant.Client.SendJson(HttpMethod.Delete, url, null, ("If-Match", "\"7-x\"")))
            .ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
    }

    [Fact]
    public async Task Only_admins_revoke_and_only_what_is_there()
    {
        var (tenant, stranger) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var (workspace, elsewhere) = (await tenant.NewWorkspaceAsync(), await stranger.NewWorkspaceAsync());
        var invitation = await tenant.InviteAsync(workspace.Id, "one@example.com");
        var member = await (await tenant.NewMemberOfAsync(workspace.Id)).CallerAsync();
        var keyOfAnotherWorkspace = await service.CallerAsync(await tenant.ServiceKeyAsync(
            "secret", (await tenant.NewWorkspaceAsync()).Id));

        (await service.Refused(new RevokeInvitation.Command(member, workspace.Id, invitation.Id))).Code
            .Should().Be("forbidden");
        (await service.Refused(new RevokeInvitation.Command(await stranger.OwnerAsync(), workspace.Id, invitation.Id)))
            .Code.Should().Be("not_found");
        (await service.Refused(new RevokeInvitation.Command(await stranger.OwnerAsync(), elsewhere.Id, invitation.Id)))
            .Code.Should().Be("not_found");
        (await service.Refused(new RevokeInvitation.Command(keyOfAnotherWorkspace, workspace.Id, invitation.Id))).Code
            .Should().Be("not_found");
        (await service.Do(new GetInvitation.Query(await tenant.OwnerAsync(), workspace.Id, invitation.Id))).Value.Status
            .Should().Be("pending");
    }
}
