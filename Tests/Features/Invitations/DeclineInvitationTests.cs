using System.Net;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Invitations;

[Collection("Invitations")]
public sealed class DeclineInvitationTests(ServiceFixture service)
{
    [Fact]
    public async Task It_ends_the_invitation_and_frees_its_seat()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 2);
        var invitee = await tenant.NewMemberAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, invitee.Email);

        var response = await invitee.Client.PostAsync($"/v1/invitations/{invitation.Token}/decline", null);

        (await response.Data()).GetProperty("status").GetString().Should().Be("declined");
        (await service.EventsAsync(workspace.Id)).Count(e => e.Type == "invitation.declined").Should().Be(1);
        (await service.Refused(new AcceptInvitation.Command(await invitee.CallerAsync(), invitation.Token!))).Code
            .Should().Be("invitation_declined");
        (await tenant.InviteAsync(workspace.Id, "another@example.com")).Status.Should().Be("pending");
    }

    [Fact]
    public async Task Only_the_invitee_declines_or_for_a_person_nobody_knows_who_provisions_people()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var known = await tenant.InviteAsync(workspace.Id, (await tenant.NewMemberAsync()).Email);
        var unknown = await tenant.InviteAsync(workspace.Id, "nobody@example.com");
        var provisioner = await service.CallerAsync(await tenant.ServiceKeyAsync(
            "secret", null, Permissions.MembersManage));

        (await service.Refused(new DeclineInvitation.Command(await tenant.OwnerAsync(), known.Token!))).Code
            .Should().Be("forbidden");
        (await service.Refused(new DeclineInvitation.Command(provisioner, known.Token!))).Code.Should().Be("forbidden");
        (await service.Do(new DeclineInvitation.Command(provisioner, unknown.Token!))).Value.Status
            .Should().Be("declined");
        var response = await service.Client(null).PostAsync($"/v1/invitations/{known.Token}/decline", null);
        await response.ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task In_an_archived_workspace_nothing_is_declined()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitee = await tenant.NewMemberAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, invitee.Email);
        await service.ArrangeAsync("UPDATE workspaces SET status = 'archived' WHERE code = @Id", new { workspace.Id });

        (await service.Refused(new DeclineInvitation.Command(await invitee.CallerAsync(), invitation.Token!))).Code
            .Should().Be("workspace_archived");
    }
}
