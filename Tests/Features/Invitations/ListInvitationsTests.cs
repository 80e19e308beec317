using System.Net;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Invitations;

[Collection("Invitations")]
public sealed class ListInvitationsTests(ServiceFixture service)
{
    [Fact]
    public async Task It_shows_every_invitation_in_order_and_no_token()
    {
        var tenant = await service.NewTenantAsync();
        var (workspace, other) = (await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync());
        var one = await tenant.InviteAsync(workspace.Id, "one@example.com");
        await tenant.InviteAsync(other.Id, "one@example.com");
        var two = await tenant.InviteAsync(workspace.Id, "two@example.com", Roles.Guest);

        var response = await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}/invitations");

        var rows = (await response.Data()).EnumerateArray().ToList();
        rows.Select(r => r.GetProperty("id").GetString()).Should().Equal(one.Id, two.Id);
        rows.Select(r => r.GetProperty("email").GetString()).Should().Equal("one@example.com", "two@example.com");
        rows.Should().NotContain(r => r.GetRawText().Contains("token", StringComparison.Ordinal));
        var meta = (await response.Json()).GetProperty("meta");
        (meta.GetProperty("has_more").GetBoolean(), meta.GetProperty("cursor").GetString()).Should().Be((false, null));
    }

    [Fact]
    public async Task Status_and_address_filter()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var user = await service.NewUserAsync(email: "joined@example.com");
        var accepted = await tenant.InviteAsync(workspace.Id, user.Email!);
        await service.Do(new AcceptInvitation.Command(
            await service.CallerAsync(await service.UserKeyAsync(user.Id)), accepted.Token!));
        var late = await tenant.InviteAsync(
            workspace.Id, "late@example.com", expiresAt: service.Clock.Now.AddMinutes(2));
        var revoked = await tenant.InviteAsync(workspace.Id, "revoked@example.com");
        await service.Do(new RevokeInvitation.Command(await tenant.OwnerAsync(), workspace.Id, revoked.Id));
        var pending = await tenant.InviteAsync(workspace.Id, "Pen_Ding@example.com");
        service.Clock.Advance(TimeSpan.FromMinutes(3));

        (await Ids(tenant, workspace.Id, status: "accepted")).Should().Equal(accepted.Id);
        (await Ids(tenant, workspace.Id, status: "expired")).Should().Equal(late.Id);
        (await Ids(tenant, workspace.Id, status: "revoked")).Should().Equal(revoked.Id);
        (await Ids(tenant, workspace.Id, status: "pending")).Should().Equal(pending.Id);
        (await Ids(tenant, workspace.Id, status: "declined")).Should().BeEmpty();
        (await Ids(tenant, workspace.Id, q: "pEN_D")).Should().Equal(pending.Id);
        (await Ids(tenant, workspace.Id, q: "e%d")).Should().BeEmpty();
        (await Ids(tenant, workspace.Id, status: "expired", q: "example")).Should().Equal(late.Id);
    }

    [Fact]
    public async Task Pages_follow_one_another_without_gap_or_double_in_as_many_statements_each()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();
        var all = await service.Do(new InviteMembers.BatchCommand(
            owner,
            workspace.Id,
            [.. Enumerable.Range(0, 45).Select(n => new InviteMembers.Invitee($"page{n}@example.com", Roles.Member))]));

        var (seen, statements) = (new List<string>(), new List<long>());
        string? cursor = null;
        do
        {
            var (page, count) = await service.Counted(new ListInvitations.Query(
                owner, workspace.Id, "pending", Cursor: cursor));
            seen.AddRange(page.Items.Select(i => i.Id));
            statements.Add(count);
            cursor = page.Next;
        }
        while (cursor is not null);

        seen.Should().Equal(all.Select(r => r.Invitation!.Id));
        statements.Should().HaveCount(3).And.OnlyContain(count => count <= 2);
    }

    [Fact]
    public async Task A_cursor_is_good_for_its_own_list_only()
    {
        var tenant = await service.NewTenantAsync();
        var (workspace, other) = (await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync());
        await tenant.InviteAsync(workspace.Id, "one@example.com");
        await tenant.InviteAsync(workspace.Id, "two@example.com");
        var owner = await tenant.OwnerAsync();
        var cursor = (await service.Do(new ListInvitations.Query(owner, workspace.Id, Limit: 1))).Next;

        cursor.Should().NotBeNull();
        (await service.Refused(new ListInvitations.Query(owner, workspace.Id, "pending", Cursor: cursor))).Code
            .Should().Be("invalid_cursor");
        (await service.Refused(new ListInvitations.Query(owner, other.Id, Cursor: cursor))).Code
            .Should().Be("invalid_cursor");
    }

    [Theory]
    [InlineData("status=open")]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=many")]
    [InlineData("q=")]
    public async Task A_wrong_query_value_is_said(string query)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var response = await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}/invitations?{query}");

        await response.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");
    }

    [Fact]
    public async Task Admins_and_keys_with_read_look_and_a_publishable_key_sees_no_address()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, "seen@example.com");
        var member = await (await tenant.NewMemberOfAsync(workspace.Id)).CallerAsync();
        var stranger = await (await service.NewTenantAsync()).OwnerAsync();
        var publishable = await service.CallerAsync(await tenant.ServiceKeyAsync("publishable"));
        var blind = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, Permissions.MembersManage));

        (await service.Refused(new ListInvitations.Query(member, workspace.Id))).Code.Should().Be("forbidden");
        (await service.Refused(new GetInvitation.Query(member, workspace.Id, invitation.Id))).Code
            .Should().Be("forbidden");
        (await service.Refused(new ListInvitations.Query(stranger, workspace.Id))).Code.Should().Be("not_found");
        (await service.Refused(new GetInvitation.Query(stranger, workspace.Id, invitation.Id))).Code
            .Should().Be("not_found");
        (await service.Refused(new ListInvitations.Query(blind, workspace.Id))).Code.Should().Be("forbidden");
        (await service.Do(new ListInvitations.Query(publishable, workspace.Id))).Items
            .Should().ContainSingle().Which.Email.Should().BeNull();
        (await service.Do(new ListInvitations.Query(publishable, workspace.Id, Q: "seen"))).Items
            .Should().BeEmpty("what may not be seen cannot be found out");
        (await service.Do(new GetInvitation.Query(publishable, workspace.Id, invitation.Id))).Value.Email
            .Should().BeNull();
    }

    private async Task<IEnumerable<string>> Ids(
        Tenant tenant, string workspace, string? status = null, string? q = null) =>
        (await service.Do(new ListInvitations.Query(await tenant.OwnerAsync(), workspace, status, q))).Items
            .Select(i => i.Id);
}
