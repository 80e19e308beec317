using System.Net;
using AngleSharp.Dom;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Users;

[Collection("Users")]
public sealed class UserPagesTests(ServiceFixture service)
{
    [Fact]
    public async Task The_operator_finds_a_user_and_sees_its_workspaces()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Reading Room");
        var person = await tenant.NewMemberOfAsync(workspace.Id, Roles.Viewer, Roles.Member);
        using var root = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);

        await root.GoAsync("/console/organizations");
        await root.ClickAsync("Users");
        await root.SendAsync("main form.filters", ("q", person.Email));
        root.Page.QuerySelectorAll("tbody tr").Should().ContainSingle();
        await root.GoAsync(root.Page.QuerySelector("tbody th a")!.GetAttribute("href")!);

        root.Page.QuerySelector("[data-copy]")!.GetAttribute("data-copy").Should().Be(person.Id);
        var row = root.Page.QuerySelectorAll("tbody tr").Should().ContainSingle().Which;
        row.QuerySelector("a")!.GetAttribute("href").Should().Be($"/console/workspaces/{workspace.Id}");
        row.QuerySelector("[data-label=Role]")!.Text().Should().Be("Viewer");
    }

    [Fact]
    public async Task An_admin_creates_a_user_in_its_organization()
    {
        var tenant = await service.NewTenantAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/users?organization_id={tenant.Id}");
        await owner.ClickAsync("New user");
        await owner.SendAsync("main form.form", ("name", "Twice"), ("email", tenant.Owner.Email));
        owner.ErrorOf("email").Should().Be("A user with this e-mail address exists already.");
        owner.Page.QuerySelector("#f-name")!.GetAttribute("value").Should().Be("Twice");
        await owner.SendAsync(
            "main form.form", ("name", "Una"), ("email", $"una-{tenant.Id}@example.com"), ("role", Roles.Billing));

        owner.Notice.Should().Be("Una is known to the service now, and belongs to the organization.");
        var user = owner.Address["/console/users/".Length..owner.Address.IndexOf('?')];
        (await ReadAsync(user)).ManagedBy.Should().Be(tenant.Id);
        await owner.GoAsync($"/console/organizations/{tenant.Id}/members?role=billing");
        owner.Text.Should().Contain("Una");
    }

    [Fact]
    public async Task A_member_creates_nobody_and_lists_nobody_of_the_organization()
    {
        var tenant = await service.NewTenantAsync();
        using var member = await ConsoleVisitor.SignInAsync(service, (await tenant.NewMemberAsync()).Key);

        await member.GoAsync("/console/users");
        member.Page.QuerySelectorAll("tbody tr").Should().ContainSingle("it sees itself");
        member.Offers("New user").Should().BeFalse();
        foreach (var page in new[] { "/new", $"/new?organization_id={tenant.Id}", $"?organization_id={tenant.Id}" })
        {
            await member.GoAsync("/console/users" + page);
            member.Status.Should().Be(HttpStatusCode.Forbidden, page);
        }
    }

    [Fact]
    public async Task An_admin_of_the_managing_organization_edits_a_user()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/users/{person.Id}?organization_id={tenant.Id}");
        await owner.ClickAsync("Edit");
        owner.Page.QuerySelector("[name=managed_by]").Should().BeNull("that is the operator's");
        await owner.SendAsync("main form.form", ("name", "Edith Edited"), ("email", "no address"));
        owner.ErrorOf("email").Should().StartWith("Must be an e-mail address");
        owner.Page.QuerySelector("#f-name")!.GetAttribute("value").Should().Be("Edith Edited");
        await owner.SendAsync("main form.form", ("email", $"edith-{tenant.Id}@example.com"));

        owner.Notice.Should().Be("What is known of Edith Edited is saved.");
        owner.Address.Should().Be($"/console/users/{person.Id}?organization_id={tenant.Id}");
        (await ReadAsync(person.Id)).Email.Should().Be($"edith-{tenant.Id}@example.com");
    }

    [Fact]
    public async Task A_user_changes_its_own_name_and_not_its_address()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        using var itself = await ConsoleVisitor.SignInAsync(service, person.Key);

        await itself.GoAsync($"/console/users/{person.Id}");
        itself.Offers("Deactivate").Should().BeFalse();
        await itself.ClickAsync("Edit");
        itself.Page.QuerySelector("[name=email]").Should().BeNull();
        await itself.SendAsync("main form.form", ("name", "Ivy Itself"), ("email", "mine@example.com"));
        itself.Status.Should().Be(HttpStatusCode.Forbidden);
        await itself.GoAsync($"/console/users/{person.Id}/edit");
        await itself.SendAsync("main form.form", ("name", "Ivy Itself"));

        itself.Text.Should().StartWith("Ivy Itself");
        (await ReadAsync(person.Id)).Email.Should().Be(person.Email);
        await itself.GoAsync($"/console/users/{person.Id}/status");
        itself.Status.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_admin_sees_a_user_of_elsewhere_and_edits_it_not()
    {
        var tenant = await service.NewTenantAsync();
        var guest = await service.NewUserAsync();
        await service.Do(new Organizations.AddOrganizationMember.Command(
            ServiceFixture.RootCaller, tenant.Id, UserId: guest.Id));
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/users/{guest.Id}?organization_id={tenant.Id}");
        owner.Status.Should().Be(HttpStatusCode.OK);
        (owner.Offers("Edit"), owner.Offers("Deactivate")).Should().Be((false, false));
        await owner.GoAsync($"/console/users/{guest.Id}/edit");

        owner.Status.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_user_is_deactivated_and_reactivated_on_a_page_that_says_what_it_does()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync(name: "Dora Done");
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/users/{person.Id}");
        await owner.ClickAsync("Deactivate");
        owner.Text.Should().Contain("no key that stands for Dora Done opens anything");
        await owner.SendAsync("main form.form");
        owner.Notice.Should().Be("Dora Done is deactivated.");
        (await person.Client.GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        await owner.ClickAsync("Reactivate");
        await owner.SendAsync("main form.form");

        owner.Notice.Should().Be("Dora Done is active again.");
        (await person.Client.GetAsync("/v1/me")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_owner_of_an_organization_is_not_deactivated()
    {
        var tenant = await service.NewTenantAsync();
        using var root = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);

        await root.GoAsync($"/console/users/{tenant.Owner.Id}");
        root.Offers("Deactivate").Should().BeFalse();
        root.Offers("Edit").Should().BeTrue();
        await root.GoAsync($"/console/users/{tenant.Owner.Id}/status");

        root.Status.Should().Be(HttpStatusCode.Conflict);
        root.Text.Should().Contain("can only be replaced by a transfer of ownership");
    }

    private async Task<UserObject> ReadAsync(string user) =>
        (await service.Do(new GetUser.Query(ServiceFixture.RootCaller, user))).Value;
}
