using System.Text.Json;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Invitations;

[Collection("Invitations")]
public sealed class ListOwnInvitationsTests(ServiceFixture service)
{
    [Fact]
    public async Task Both_sides_of_an_invitation_see_it_while_it_is_pending()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitee = await tenant.NewUserAsync();
        var unknown = $"nobody.{tenant.Id}@example.com";
        var known = await tenant.InviteAsync(workspace.Id, invitee.Email!);
        await tenant.InviteAsync(workspace.Id, unknown);

        var sent = await ListAsync(await tenant.OwnerAsync(), workspace.Id);
        var received = await ListAsync(await service.CallerAsync(await service.UserKeyAsync(invitee.Id)), "");

        sent.Invites.Select(i => (i.Email, i.Name, i.State, i.SenderEmail)).Should().Equal(
            (invitee.Email, invitee.Name, "pending", tenant.Owner.Email),
            (unknown, null, "pending", tenant.Owner.Email));
        sent.MyInvites.Should().BeEmpty();
        received.Invites.Should().BeEmpty("the invitee has no workspace yet");
        received.MyInvites.Select(i => (i.Id, i.Name)).Should().Equal((sent.Invites[0].Id, workspace.Name));

        await service.Do(new RevokeInvitation.Command(await tenant.OwnerAsync(), workspace.Id, known.Id));
        (await ListAsync(await tenant.OwnerAsync(), workspace.Id)).Invites.Select(i => i.Email).Should().Equal(unknown);
        (await ListAsync(await service.CallerAsync(await service.UserKeyAsync(invitee.Id)), "")).MyInvites
            .Should().BeEmpty();
    }

    [Fact]
    public async Task Of_an_invited_stranger_it_shows_no_more_than_was_written()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var stranger = await (await service.NewTenantAsync()).NewMemberAsync();
        await tenant.InviteAsync(workspace.Id, stranger.Email);

        var sent = await ListAsync(await tenant.OwnerAsync(), workspace.Id);
        var people = (await (await tenant.Client.GetAsync("/api/v4/workspaces")).Json()).GetProperty("workspace_users");

        sent.Invites.Select(i => (i.Email, i.Name)).Should().Equal((stranger.Email, null));
        var row = people.EnumerateArray().Single(u => u.GetProperty("invited").GetBoolean());
        row.GetProperty("id").GetInt64().Should().Be(-row.GetProperty("invite_id").GetInt64());
        row.GetProperty("user_full_name").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_key_of_one_organization_shows_no_invitation_of_another()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var other = await service.NewTenantAsync();
        var person = await other.NewMemberAsync();
        await tenant.InviteAsync(workspace.Id, person.Email);

        var free = await ListAsync(await person.CallerAsync(), "");
        var bound = await ListAsync(
            (await person.CallerAsync()) with
            {
                OrganizationId = (await OrganizationNumberAsync(other.Id)),
                OrganizationCode = other.Id,
            },
            "");

        free.MyInvites.Should().ContainSingle();
        bound.MyInvites.Should().BeEmpty();
    }

    [Fact]
    public async Task Publishable_keys_see_no_addresses_and_strangers_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await tenant.InviteAsync(workspace.Id, $"hidden.{tenant.Id}@example.com");

        var shown = await ListAsync(
            await service.CallerAsync(await tenant.ServiceKeyAsync("publishable", workspace.Id)), workspace.Id);
        var stranger = await ListAsync(await (await service.NewTenantAsync()).OwnerAsync(), workspace.Id);

        shown.Invites.Select(i => (i.Email, i.SenderEmail)).Should().Equal((null, null));
        stranger.Invites.Should().BeEmpty();
    }

    [Fact]
    public async Task What_has_expired_waits_for_nobody()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, $"late.{tenant.Id}@example.com");
        await service.ArrangeAsync("UPDATE invitations SET expires_at = 0 WHERE code = @Id", new { invitation.Id });

        (await ListAsync(await tenant.OwnerAsync(), workspace.Id)).Invites.Should().BeEmpty();
    }

    private async Task<long> OrganizationNumberAsync(string code) =>
        (await service.ReadAsync<long>("SELECT id FROM organizations WHERE code = @Code", new { Code = code }))
            .Single();

    private Task<ListOwnInvitations.Response> ListAsync(Caller caller, string own) =>
        service.Do(new ListOwnInvitations.Query(caller, own));
}
