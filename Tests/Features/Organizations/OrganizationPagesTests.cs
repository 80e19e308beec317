using System.Net;
using AngleSharp.Dom;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Features.Organizations;

[Collection("Organizations")]
public sealed class OrganizationPagesTests(ServiceFixture service)
{
    [Fact]
    public async Task The_operator_finds_an_owner_and_creates_an_organization_with_limits()
    {
        var owner = await service.NewUserAsync("Olga Founding");
        using var root = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);

        await root.GoAsync("/console/organizations");
        await root.ClickAsync("New organization");
        await root.SendAsync("main form.filters", ("q", "olga f"));
        root.Page.QuerySelectorAll(".choose a").Should().ContainSingle();
        await root.GoAsync(root.Page.QuerySelector(".choose a")!.GetAttribute("href")!);
        await root.SendAsync("main form.form", ("name", "Founding"), ("limits/workspaces", "2"));

        root.Notice.Should().Be("Founding is created.");
        var made = await ReadAsync(root.Address["/console/organizations/".Length..]);
        (made.OwnerId, made.LimitWorkspaces, made.LimitMembers).Should().Be((owner.Id, 2L, null));
    }

    [Fact]
    public async Task A_refused_organization_keeps_what_was_typed()
    {
        var tenant = await service.NewTenantAsync();
        var slug = (await ReadAsync(tenant.Id)).Slug;
        using var root = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);

        await root.GoAsync($"/console/organizations/new?owner_id={tenant.Owner.Id}");
        await root.SendAsync("main form.form", ("name", "Second"), ("slug", slug));

        root.Status.Should().Be(HttpStatusCode.Conflict);
        root.ErrorOf("slug").Should().Be($"The slug '{slug}' already belongs to an organization.");
        root.Page.QuerySelector("#f-name")!.GetAttribute("value").Should().Be("Second");
        root.Text.Should().Contain(tenant.Owner.Name);
    }

    [Fact]
    public async Task Only_the_operator_creates_organizations()
    {
        var tenant = await service.NewTenantAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync("/console/organizations");
        owner.Offers("New organization").Should().BeFalse();
        await owner.GoAsync("/console/organizations/new");

        owner.Status.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task The_plan_shows_what_is_used_of_each_limit()
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(5, null, null));
        await tenant.NewWorkspaceAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/organizations/{tenant.Id}");
        await owner.ClickAsync("Plan and use");

        var meters = owner.Page.QuerySelectorAll(".meter").Select(meter => meter.QuerySelector("strong")!.Text());
        meters.Should().Equal("1 of 5", "1", "0");
        owner.Text.Should().Contain("4 free").And.Contain("No limit").And.Contain(tenant.Owner.Name);
        owner.Offers("Change settings").Should().BeTrue();
        owner.Offers("Leave the organization").Should().BeFalse("the owner cannot");
    }

    [Fact]
    public async Task A_limit_that_is_passed_is_told_also_where_it_is_none_at_all()
    {
        var tenant = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync();
        await service.Do(new UpdateOrganization.Command(ServiceFixture.RootCaller, tenant.Id, new()
        {
            Limits = new UpdateOrganization.LimitsPatch(
                Workspaces: new Optional<long?>(0), Members: new Optional<long?>(1), default),
        }));
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/organizations/{tenant.Id}/plan");

        owner.Page.QuerySelectorAll(".meter").Take(2).Select(meter => (
                meter.QuerySelector("strong")!.Text(),
                meter.QuerySelector("svg")!.ClassName,
                meter.QuerySelector(".hint")!.Text()))
            .Should().Equal(("1 of 0", "full", "1 over the limit"), ("1 of 1", "full", "0 free"));
    }

    [Fact]
    public async Task A_member_reads_the_plan_and_is_offered_neither_settings_nor_members()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        using var member = await ConsoleVisitor.SignInAsync(service, person.Key);

        await member.GoAsync($"/console/organizations/{tenant.Id}/plan");
        member.Status.Should().Be(HttpStatusCode.OK);
        member.Offers("Change settings").Should().BeFalse();
        member.Page.QuerySelectorAll(".side a").Select(link => link.Text())
            .Should().Contain("Plan and use").And.NotContain(["Members", "Settings"]);
        foreach (var page in new[] { "settings", "members", "members/add", "transfer", $"members/{person.Id}/role" })
        {
            await member.GoAsync($"/console/organizations/{tenant.Id}/{page}");
            member.Status.Should().Be(HttpStatusCode.Forbidden, page);
        }
    }

    [Fact]
    public async Task The_owner_changes_settings_and_leaves_the_plan_alone()
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(5, 6, 7));
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/organizations/{tenant.Id}/plan");
        await owner.ClickAsync("Change settings");
        owner.Page.QuerySelector("[name=plan_id]").Should().BeNull();
        await owner.SendAsync(
            "main form.form",
            ("name", "Renamed"),
            ("billing_email", "pay@example.com"),
            ("settings/workspace_role_ceiling", null));

        owner.Notice.Should().Be("The settings of Renamed are saved.");
        var after = await ReadAsync(tenant.Id);
        (after.Name, after.BillingEmail).Should().Be(("Renamed", "pay@example.com"));
        OrganizationSettings.HasCeiling(after.Settings.ToObject()).Should().BeFalse();
        after.Limits.Should().Be(new PlanLimits(5, 6, 7));
        owner.Page.QuerySelector("[name='settings/workspace_role_ceiling']")!.HasAttribute("checked")
            .Should().BeFalse();
    }

    [Fact]
    public async Task The_operator_changes_the_plan_and_keeps_the_hour_at_which_a_trial_ends()
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(5, 6, 7));
        var end = new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero);
        await service.Do(new UpdateOrganization.Command(
            ServiceFixture.RootCaller,
            tenant.Id,
            new() { TrialEndsAt = new Optional<DateTimeOffset?>(end), SubscriptionStatus = "trialing" }));
        using var root = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);

        await root.GoAsync($"/console/organizations/{tenant.Id}/settings");
        await root.SendAsync(
            "main form.form", ("plan_id", "large"), ("limits/members", ""), ("status", "suspended"));

        root.Status.Should().Be(HttpStatusCode.OK);
        var after = await ReadAsync(tenant.Id);
        (after.PlanId, after.Status, after.TrialEndsAt).Should().Be(("large", "suspended", end));
        after.Limits.Should().Be(new PlanLimits(5, null, 7));
        root.Text.Should().Contain("This organization is suspended");
    }

    [Fact]
    public async Task What_cannot_be_read_stands_beside_its_field()
    {
        var tenant = await service.NewTenantAsync();
        using var root = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);

        await root.GoAsync($"/console/organizations/{tenant.Id}/settings");
        await root.SendAsync("main form.form", ("limits/members", "many"), ("name", "Not kept"));

        root.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        root.ErrorOf("limits/members").Should().Be("Give a whole number.");
        root.Page.QuerySelector("#f-name")!.GetAttribute("value").Should().Be("Not kept");
        (await ReadAsync(tenant.Id)).Name.Should().NotBe("Not kept");
    }

    [Fact]
    public async Task Settings_that_were_changed_meanwhile_are_not_overwritten()
    {
        var tenant = await service.NewTenantAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/organizations/{tenant.Id}/settings");
        await service.Do(new UpdateOrganization.Command(
            ServiceFixture.RootCaller, tenant.Id, new() { Name = "Of another" }));
        await owner.SendAsync("main form.form", ("name", "Too late"));

        owner.Status.Should().Be(HttpStatusCode.PreconditionFailed);
        (await ReadAsync(tenant.Id)).Name.Should().Be("Of another");
    }

    [Fact]
    public async Task An_admin_adds_somebody_new_by_address_and_name()
    {
        var tenant = await service.NewTenantAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, (await tenant.NewMemberAsync(Roles.Admin)).Key);

        await admin.GoAsync($"/console/organizations/{tenant.Id}/members");
        await admin.ClickAsync("Add member");
        await admin.SendAsync("main form.form", ("email", $"new-{tenant.Id}@example.com"));
        admin.ErrorOf("name").Should().Be("No user has this address yet; give the name too.");
        admin.Page.QuerySelector("#f-email")!.GetAttribute("value").Should().Be($"new-{tenant.Id}@example.com");
        await admin.SendAsync("main form.form", ("name", "Nina New"), ("role", Roles.Viewer));

        admin.Notice.Should().Be("Nina New belongs to the organization now.");
        var row = admin.Page.QuerySelectorAll("tbody tr").Single(tr => tr.Text().Contains("Nina New"));
        row.QuerySelector("option[selected]")!.GetAttribute("value").Should().Be(Roles.Viewer);
    }

    [Fact]
    public async Task A_member_of_no_address_is_refused_beside_the_field_of_the_address()
    {
        var tenant = await service.NewTenantAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/organizations/{tenant.Id}/members/add");
        await owner.SendAsync("main form.form", ("name", "Nora Nowhere"));

        owner.ErrorOf("email").Should().Be("Must be an e-mail address such as sam@example.com.");
        owner.Page.QuerySelector("details.more")!.HasAttribute("open").Should().BeFalse();
        owner.Page.QuerySelector("#f-name")!.GetAttribute("value").Should().Be("Nora Nowhere");
    }

    [Fact]
    public async Task An_id_that_the_caller_does_not_see_is_refused_beside_its_field()
    {
        var tenant = await service.NewTenantAsync();
        var stranger = await service.NewUserAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/organizations/{tenant.Id}/members/add?user_id={stranger.Id}");
        await owner.SendAsync("main form.form");

        owner.ErrorOf("user_id").Should().Be("Names no user that you see.");
        owner.Page.QuerySelector("details.more")!.HasAttribute("open").Should().BeTrue();
        await owner.SendAsync("main form.form", ("user_id", tenant.Owner.Id));
        owner.ErrorOf("user_id").Should().Be("The person is a member already.");
    }

    [Fact]
    public async Task A_role_is_changed_in_the_list_and_the_owners_is_not_offered()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync(name: "Rosa Role");
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        var members = $"/console/organizations/{tenant.Id}/members";

        await owner.GoAsync(members);
        owner.Page.QuerySelectorAll("form.quick").Should().ContainSingle("the owner has none");
        await owner.SendAsync($"form[action='{members}/{person.Id}/role']", ("role", Roles.Admin));
        owner.Notice.Should().Be("Rosa Role has the role admin now.");
        await owner.GoAsync($"{members}/{tenant.Owner.Id}/role");

        owner.Status.Should().Be(HttpStatusCode.Conflict);
        owner.Text.Should().Contain("can only be replaced by a transfer of ownership");
    }

    [Fact]
    public async Task A_refused_change_of_role_says_why()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        var members = $"/console/organizations/{tenant.Id}/members";

        await owner.GoAsync(members);
        await owner.SendAsync($"form[action='{members}/{person.Id}/role']", ("role", "emperor"));

        owner.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        owner.ErrorOf("role").Should().StartWith("Must be one of:");
    }

    [Fact]
    public async Task Removing_says_what_is_lost_and_does_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Loading Bay");
        var person = await tenant.NewMemberOfAsync(workspace.Id);
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/organizations/{tenant.Id}/members");
        await owner.ClickAsync("Remove");
        owner.Text.Should().Contain("1 workspace: Loading Bay");
        await owner.SendAsync("main form.form");

        owner.Notice.Should().EndWith("does not belong to the organization any more.");
        owner.Page.QuerySelectorAll("tbody tr").Should().ContainSingle("the owner is left");
        var asked = new GetOrganizationMember.Query(ServiceFixture.RootCaller, tenant.Id, person.Id);
        (await service.Refused(asked)).Code.Should().Be("not_found");
    }

    [Fact]
    public async Task A_member_leaves_by_itself()
    {
        var tenant = await service.NewTenantAsync();
        var person = await tenant.NewMemberAsync();
        using var member = await ConsoleVisitor.SignInAsync(service, person.Key);

        await member.GoAsync($"/console/organizations/{tenant.Id}/plan");
        await member.ClickAsync("Leave the organization");
        await member.SendAsync("main form.form");

        member.Notice.Should().Be("You have left the organization.");
        member.Text.Should().Contain("You belong to no organization");
    }

    [Fact]
    public async Task The_owner_hands_the_organization_over_to_a_member_found_by_name()
    {
        var tenant = await service.NewTenantAsync();
        var heir = await tenant.NewMemberAsync(name: "Henry Heir");
        await tenant.NewMemberAsync(name: "Other Person");
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/organizations/{tenant.Id}/members");
        await owner.ClickAsync("Transfer ownership");
        owner.Text.Should().Contain("You will be an admin, and cannot take it back.");
        await owner.SendAsync("main form.form");
        owner.Page.QuerySelector("#who-error")!.Text().Should().Be("Name the user who is to own it.");
        await owner.SendAsync("main form.filters", ("q", "heir"));
        owner.Page.QuerySelectorAll("input[type=radio]").Should().ContainSingle();
        await owner.SendAsync("main form.form", ("user_id", heir.Id));

        owner.Notice.Should().StartWith("Henry Heir owns ");
        owner.Offers("Transfer ownership").Should().BeFalse("it is an admin now");
        (await ReadAsync(tenant.Id)).OwnerId.Should().Be(heir.Id);
    }

    [Fact]
    public async Task An_admin_hands_nothing_over()
    {
        var tenant = await service.NewTenantAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, (await tenant.NewMemberAsync(Roles.Admin)).Key);

        await admin.GoAsync($"/console/organizations/{tenant.Id}/members");
        admin.Offers("Transfer ownership").Should().BeFalse();
        await admin.GoAsync($"/console/organizations/{tenant.Id}/transfer");

        admin.Status.Should().Be(HttpStatusCode.Forbidden);
    }

    private async Task<OrganizationObject> ReadAsync(string organization) =>
        (await service.Do(new GetOrganization.Query(ServiceFixture.RootCaller, organization))).Value;
}
