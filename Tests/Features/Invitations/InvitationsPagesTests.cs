using System.Net;
using AngleSharp.Dom;
using WorkspaceService.Features.Members;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Invitations;

/// <summary>The pages of invitations in the console: those of admins, and those of whom they invite.</summary>
[Collection("Invitations")]
public sealed class InvitationsPagesTests(ServiceFixture service)
{
    private static int _strangers;

    [Fact]
    public async Task An_admin_invites_one_person_and_gets_the_link_once()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var email = Stranger();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/members");
        await admin.ClickAsync("Invite");
        await admin.SendAsync("main form.form", ("email", email), ("role", "viewer"), ("expires_at", "3"));

        var link = LinksOf(admin).Should().ContainSingle().Subject;
        link.Should().StartWith(service.ClientOptions.BaseAddress + "console/invitations/inv_");
        var shown = (await service.Do(new ShowInvitation.Query(link.Split('/')[^1]))).Value;
        (shown.Role, shown.Status).Should().Be(("viewer", "pending"));
        shown.ExpiresAt.Should().BeCloseTo(service.Clock.Now.AddDays(3), TimeSpan.FromMinutes(5));
        admin.First.Headers.CacheControl!.NoStore.Should().BeTrue();

        await admin.ClickAsync("Done");
        admin.Text.Should().Contain(email).And.NotContain("inv_");
    }

    [Fact]
    public async Task Several_are_invited_at_once_and_each_that_is_not_has_its_reason()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 4);
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        var (first, second, third) = (Stranger(), Stranger(), Stranger());
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/invitations/new");
        await admin.SendAsync(
            "main form.form",
            ("email", $"{first}\r\n{second}, {first.ToUpperInvariant()}\r\n\r\n{member.Email}\nnobody\n{third}"));

        LinksOf(admin).Should().HaveCount(2).And.OnlyHaveUniqueItems();
        admin.Page.QuerySelector("h1")!.Text().Trim().Should().Be("2 people are invited");
        admin.Page.QuerySelectorAll("tbody tr").Select(row => (
                row.QuerySelector("th")!.Text(), row.QuerySelector("td")!.Text()))
            .Should().Equal(
                (member.Email, "Belongs to the workspace already."),
                ("nobody", "This is no e-mail address, or the expiry is out of range."),
                (third, "All seats of the workspace are taken."));
        admin.Page.QuerySelector("#f-email")!.TextContent.Should().Be($"{member.Email}\nnobody\n{third}");
    }

    [Fact]
    public async Task Too_many_addresses_are_refused_beside_their_field()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/invitations/new");
        await admin.SendAsync(
            "main form.form", ("email", string.Join('\n', Enumerable.Range(0, 501).Select(n => $"{n}@example.com"))));

        admin.ErrorOf("email").Should().Be("Give 1 to 500 invitations.");
    }

    [Fact]
    public async Task A_refusal_stands_beside_the_addresses_and_keeps_what_was_typed()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var pending = await tenant.InviteAsync(workspace.Id, Stranger());
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/invitations/new");
        await admin.SendAsync("main form.form", ("email", pending.Email), ("role", "guest"));

        admin.Status.Should().Be(HttpStatusCode.Conflict);
        admin.ErrorOf("email").Should().Be(InvitationLifecycle.AlreadyPending.Message);
        admin.Page.QuerySelector("#f-email")!.Text().Should().Be(pending.Email);
        admin.Page.QuerySelector("#f-role option[selected]")!.GetAttribute("value").Should().Be("guest");

        await admin.SendAsync("main form.form", ("email", ""));
        admin.ErrorOf("email").Should().Be("Give the e-mail address.");
        await admin.SendAsync("main form.form", ("email", Stranger()), ("expires_at", "9223372036854775807"));
        admin.ErrorOf("expires_at").Should().Be("Must lie 1 minute to 30 days ahead.");
    }

    [Fact]
    public async Task Invitations_are_found_by_address_and_status_and_are_the_admins_matter()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var open = await tenant.InviteAsync(workspace.Id, Stranger());
        var revoked = await tenant.InviteAsync(workspace.Id, Stranger());
        await service.Do(new RevokeInvitation.Command(await tenant.OwnerAsync(), workspace.Id, revoked.Id));
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        using var other = await ConsoleVisitor.SignInAsync(service, member.Key);

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/members");
        await admin.ClickAsync("All invitations");
        await admin.SendAsync("main form.filters", ("status", "revoked"));
        admin.Text.Should().Contain(revoked.Email).And.NotContain(open.Email);
        admin.Offers("New link").Should().BeFalse("a revoked one is over");
        await admin.SendAsync("main form.filters", ("status", ""), ("q", open.Email));
        admin.Text.Should().Contain(open.Email).And.NotContain(revoked.Email);

        foreach (var page in new[] { "", "/new", $"/{open.Id}/resend", $"/{open.Id}/revoke" })
        {
            await other.GoAsync($"/console/workspaces/{workspace.Id}/invitations{page}");
            other.Status.Should().Be(HttpStatusCode.Forbidden, page);
        }
    }

    [Fact]
    public async Task A_new_link_ends_the_old_one()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, Stranger());
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/invitations");
        await admin.ClickAsync("New link");
        await admin.SendAsync("main form.form", ("expires_at", "30"));

        var token = LinksOf(admin).Single().Split('/')[^1];
        token.Should().NotBe(invitation.Token);
        (await service.Do(new ShowInvitation.Query(token))).Value.Status.Should().Be("pending");
        using var invitee = ConsoleVisitor.Anonymous(service);
        await invitee.GoAsync($"/console/invitations/{invitation.Token}");
        invitee.Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_invitation_is_revoked_once()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, Stranger());
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        using var other = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await other.GoAsync($"/console/workspaces/{workspace.Id}/invitations/{invitation.Id}/revoke");

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/members");
        await admin.ClickAsync("Revoke");
        await admin.SendAsync("main form.form");
        await other.SendAsync("main form.form");

        admin.Notice.Should().Be("The invitation is revoked, and its seat is free.");
        other.Status.Should().Be(HttpStatusCode.PreconditionFailed, "it is another version by now");
        await other.SendAsync("main form.form");
        other.Status.Should().Be(HttpStatusCode.Conflict);
        other.Alert.Should().Be("The invitation is revoked.");
    }

    [Fact]
    public async Task The_invitee_follows_the_link_signs_in_and_accepts()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform");
        var user = await service.NewUserAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, user.Email!, Roles.Viewer);
        using var invitee = ConsoleVisitor.Anonymous(service);

        await invitee.GoAsync($"/console/invitations/{invitation.Token}");
        invitee.Text.Should().Contain("Platform").And.Contain("Viewer").And.Contain(tenant.Owner.Name);
        invitee.Text.Should().NotContain(user.Email, "who holds the link need not know the address");
        invitee.Offers("Accept").Should().BeFalse();
        await invitee.ClickAsync("Sign in to answer");
        await invitee.SendAsync("main form", ("key", await service.UserKeyAsync(user.Id)));

        invitee.Address.Should().Be($"/console/invitations/{invitation.Token}/accept");
        await invitee.SendAsync("main form");

        invitee.Notice.Should().Be("Welcome. You are a member of this workspace now.");
        invitee.Address.Should().Be($"/console/workspaces/{workspace.Id}");
        (await service.Do(new GetMember.Query(await tenant.OwnerAsync(), workspace.Id, user.Id))).Value.Role
            .Should().Be(Roles.Viewer);
        await invitee.GoAsync($"/console/invitations/{invitation.Token}");
        invitee.Text.Should().Contain("The invitation was accepted.");
        invitee.Offers("Accept").Should().BeFalse();
    }

    [Fact]
    public async Task Somebody_else_is_told_so_and_may_take_another_key()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var user = await service.NewUserAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, user.Email!);
        var other = await tenant.NewMemberAsync();
        using var visitor = await ConsoleVisitor.SignInAsync(service, other.Key);

        await visitor.GoAsync($"/console/invitations/{invitation.Token}/accept");
        await visitor.SendAsync("main form");
        visitor.Status.Should().Be(HttpStatusCode.Forbidden);
        visitor.Alert.Should().Contain("only the user who has it may answer");
        await visitor.GoAsync($"/console/invitations/{invitation.Token}");

        visitor.Text.Should().Contain("only the user who has it may answer");
        visitor.Offers("Accept").Should().BeFalse();
        visitor.Offers("Decline").Should().BeFalse();
        await visitor.ClickAsync("Sign in with another key");
        await visitor.SendAsync("main form", ("key", await service.UserKeyAsync(user.Id)));
        await visitor.SendAsync("main form");

        visitor.Address.Should().Be($"/console/workspaces/{workspace.Id}");
    }

    [Fact]
    public async Task For_who_is_unknown_the_operator_accepts_with_the_name()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, Stranger());
        using var root = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);

        await root.GoAsync($"/console/invitations/{invitation.Token}");
        await root.ClickAsync("Accept for the person");
        await root.SendAsync("main form", ("name", ""));
        root.ErrorOf("name").Should().Be("No user has the invited address yet; give the person's name.");
        await root.SendAsync("main form", ("name", "Ada Lovelace"));

        root.Notice.Should().Be($"{invitation.Email} is a member now.");
        root.Text.Should().Contain("Ada Lovelace");
    }

    [Fact]
    public async Task Declining_is_asked_for_once_more_and_ends_the_link()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var user = await service.NewUserAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, user.Email!);
        using var invitee = await ConsoleVisitor.SignInAsync(service, await service.UserKeyAsync(user.Id));
        using var other = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await other.GoAsync($"/console/invitations/{invitation.Token}/decline");
        await other.SendAsync("main form");
        other.Status.Should().Be(HttpStatusCode.Forbidden);
        await invitee.GoAsync($"/console/invitations/{invitation.Token}");
        await invitee.ClickAsync("Decline");
        await invitee.SendAsync("main form");

        invitee.Text.Should().Contain("The invitation was declined.");
        (await service.Do(new ShowInvitation.Query(invitation.Token!))).Value.Status.Should().Be("declined");
    }

    [Fact]
    public async Task Nobody_answers_without_signing_in()
    {
        var tenant = await service.NewTenantAsync();
        var invitation = await tenant.InviteAsync((await tenant.NewWorkspaceAsync()).Id, Stranger());
        using var visitor = ConsoleVisitor.Anonymous(service);

        await visitor.GoAsync($"/console/invitations/{invitation.Token}/accept");

        visitor.Address.Should().StartWith("/console/sign-in?next=");
        await visitor.GoAsync("/console/invitations/inv_nothing");
        visitor.Status.Should().Be(HttpStatusCode.NotFound);
    }

    private static string Stranger() => $"page{Interlocked.Increment(ref _strangers)}@example.com";

    private static List<string> LinksOf(ConsoleVisitor visitor) =>
        [.. visitor.Page.QuerySelectorAll(".secret code").Select(link => link.Text())];
}
