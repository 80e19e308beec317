using System.Net;
using AngleSharp.Dom;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Members;

/// <summary>The pages of a workspace's members in the console; adding has a class of its own.</summary>
[Collection("Members")]
public sealed class MembersPagesTests(ServiceFixture service)
{
    [Fact]
    public async Task Implicit_admins_are_marked_and_cannot_be_changed_here()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var implicitly = await tenant.NewMemberAsync(Roles.Admin, "Grace Hopper");
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/members");

        var row = RowOf(admin, implicitly.Id);
        row.QuerySelector(".badge.accent")!.Text().Should().Be("Implicit");
        row.QuerySelectorAll("form, .row-actions a").Should().BeEmpty();
        RowOf(admin, member.Id).QuerySelector(".badge.accent").Should().BeNull();
        RowOf(admin, member.Id).QuerySelectorAll("form, .row-actions a").Should().HaveCount(2);
    }

    [Fact]
    public async Task Who_is_invited_stands_beside_the_members_for_admins()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var invitation = await tenant.InviteAsync(workspace.Id, "beside@example.com");
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        using var other = await ConsoleVisitor.SignInAsync(service, member.Key);

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/members");
        await other.GoAsync($"/console/workspaces/{workspace.Id}/members");

        var invited = admin.Page.QuerySelector("section[aria-labelledby=invited]")!;
        invited.Text().Should().Contain("beside@example.com");
        invited.QuerySelectorAll(".row-actions a").Select(link => link.GetAttribute("href")).Should().Equal(
            $"/console/workspaces/{workspace.Id}/invitations/{invitation.Id}/resend",
            $"/console/workspaces/{workspace.Id}/invitations/{invitation.Id}/revoke");
        other.Page.QuerySelector("section[aria-labelledby=invited]").Should().BeNull();
        other.Text.Should().NotContain("beside@example.com");
    }

    [Fact]
    public async Task Search_and_filters_stand_in_the_address()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var ada = await tenant.NewMemberAsync(name: "Ada Lovelace");
        await tenant.AddToAsync(workspace.Id, ada.Id, Roles.Viewer);
        var other = await tenant.NewMemberOfAsync(workspace.Id);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/members");
        await admin.SendAsync("main form.filters", ("q", "lovelace"), ("role", Roles.Viewer));

        admin.Address.Should().Contain("q=lovelace").And.Contain("role=viewer");
        PeopleOf(admin).Should().Equal(ada.Id);
        admin.Page.QuerySelector("main form.filters input[name=q]")!.GetAttribute("value").Should().Be("lovelace");
        await admin.SendAsync("main form.filters", ("role", Roles.Admin));
        admin.Text.Should().Contain("No member matches");
        await admin.ClickAsync("Clear");
        PeopleOf(admin).Should().Contain([ada.Id, other.Id]);
    }

    [Fact]
    public async Task A_long_list_goes_on_at_the_next_page()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        for (var i = 0; i < 26; i++)
        {
            await tenant.NewMemberOfAsync(workspace.Id);
        }

        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/members");
        var first = PeopleOf(admin);
        await admin.ClickAsync("Next page");
        var second = PeopleOf(admin);

        first.Should().HaveCount(25);
        second.Should().HaveCount(2).And.NotIntersectWith(first);
        admin.Offers("First page").Should().BeTrue();
        admin.Offers("Next page").Should().BeFalse();
    }

    [Fact]
    public async Task An_admin_changes_a_role_in_the_row()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var ada = await tenant.NewMemberAsync(name: "Ada Lovelace");
        await tenant.AddToAsync(workspace.Id, ada.Id, Roles.Member);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/members");
        await admin.SendAsync($"form[action$='{ada.Id}/role']", ("role", Roles.Viewer));

        admin.Notice.Should().Be("Ada Lovelace has the role viewer now.");
        RowOf(admin, ada.Id).QuerySelector("option[selected]")!.GetAttribute("value").Should().Be(Roles.Viewer);
    }

    [Fact]
    public async Task A_role_that_somebody_has_changed_meanwhile_is_refused_and_keeps_what_was_chosen()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/workspaces/{workspace.Id}/members");
        await service.Do(new ChangeMemberRole.Command(
            await tenant.OwnerAsync(), workspace.Id, member.Id, Roles.Viewer));

        await admin.SendAsync($"form[action$='{member.Id}/role']", ("role", Roles.Guest));

        admin.Status.Should().Be(HttpStatusCode.PreconditionFailed);
        admin.Alert.Should().NotBeNullOrEmpty();
        admin.Page.QuerySelector("#f-role option[selected]")!.GetAttribute("value").Should().Be(Roles.Guest);
        (await RoleAsync(tenant, workspace.Id, member.Id)).Should().Be(Roles.Viewer);
        await admin.SendAsync("main form.form");
        (await RoleAsync(tenant, workspace.Id, member.Id)).Should().Be(Roles.Guest, "the page shows what is there now");
    }

    [Fact]
    public async Task A_role_above_the_one_in_the_organization_is_refused_beside_the_field()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var viewer = await tenant.NewMemberOfAsync(workspace.Id, Roles.Viewer);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/members");
        await admin.SendAsync($"form[action$='{viewer.Id}/role']", ("role", Roles.Admin));

        admin.Status.Should().Be(HttpStatusCode.Forbidden);
        admin.ErrorOf("role").Should().Be("A workspace role may not outrank the person's organization role.");
    }

    [Fact]
    public async Task An_admin_removes_a_member_after_a_page_that_says_what_happens()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform");
        var ada = await tenant.NewMemberAsync(name: "Ada Lovelace");
        await tenant.AddToAsync(workspace.Id, ada.Id, Roles.Member);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/workspaces/{workspace.Id}/members?q=lovelace");
        await admin.ClickAsync("Remove");
        admin.Text.Should().Contain("The person stays in the organization.");
        (await RoleAsync(tenant, workspace.Id, ada.Id)).Should().Be(Roles.Member, "nothing is done yet");
        await admin.SendAsync("main form.form");

        admin.Notice.Should().Be("Ada Lovelace is no member any more.");
        PeopleOf(admin).Should().NotContain(ada.Id);
    }

    [Fact]
    public async Task The_last_admin_is_not_removed()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/workspaces/{workspace.Id}/members");
        await owner.ClickAsync("Leave");
        await owner.SendAsync("main form.form");

        owner.Status.Should().Be(HttpStatusCode.Conflict);
        owner.Alert.Should().Contain("the last active admin");
    }

    [Fact]
    public async Task Members_change_and_remove_nobody_but_may_leave()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform");
        var other = await tenant.NewMemberOfAsync(workspace.Id);
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        using var visitor = await ConsoleVisitor.SignInAsync(service, member.Key);

        await visitor.GoAsync($"/console/workspaces/{workspace.Id}/members");
        visitor.Page.QuerySelectorAll("tbody form").Should().BeEmpty();
        visitor.Page.QuerySelectorAll(".row-actions a").Should().ContainSingle("one may leave, and nothing else");
        await visitor.GoAsync($"/console/workspaces/{workspace.Id}/members/{other.Id}/remove");
        visitor.Status.Should().Be(HttpStatusCode.Forbidden);
        await visitor.GoAsync($"/console/workspaces/{workspace.Id}/members/{other.Id}/role");
        visitor.Status.Should().Be(HttpStatusCode.Forbidden);

        await visitor.GoAsync($"/console/workspaces/{workspace.Id}/members");
        await visitor.ClickAsync("Leave");
        await visitor.SendAsync("main form.form");

        visitor.Notice.Should().Be("You have left the workspace.");
        (await service.Refused(new GetMember.Query(await tenant.OwnerAsync(), workspace.Id, member.Id))).Code
            .Should().Be("not_found");
    }

    [Fact]
    public async Task A_person_joins_an_open_workspace()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform", "open", seatLimit: 2);
        var first = await tenant.NewMemberAsync();
        var second = await tenant.NewMemberAsync();
        using var visitor = await ConsoleVisitor.SignInAsync(service, first.Key);
        using var late = await ConsoleVisitor.SignInAsync(service, second.Key);
        await late.GoAsync($"/console/workspaces/{workspace.Id}");

        await visitor.GoAsync($"/console/workspaces/{workspace.Id}");
        await visitor.SendAsync("form[action$='/join']");
        await late.SendAsync("form[action$='/join']");

        visitor.Notice.Should().Be("You are a member of this workspace now.");
        visitor.Offers("Join").Should().BeFalse();
        (await RoleAsync(tenant, workspace.Id, first.Id)).Should().Be(Roles.Member);
        late.Status.Should().Be(HttpStatusCode.Forbidden, "all seats are taken");
        late.Alert.Should().Contain("seat");
    }

    private async Task<string> RoleAsync(Tenant tenant, string workspace, string user) =>
        (await service.Do(new GetMember.Query(await tenant.OwnerAsync(), workspace, user))).Value.Role;

    private static IElement RowOf(ConsoleVisitor visitor, string user) =>
        visitor.Page.QuerySelectorAll("tbody tr")
            .Single(row => row.QuerySelector($"a[href='/console/users/{user}']") is not null);

    private static List<string> PeopleOf(ConsoleVisitor visitor) =>
        [.. visitor.Page.QuerySelectorAll("tbody th a").Select(link => link.GetAttribute("href")!.Split('/')[^1])];
}
