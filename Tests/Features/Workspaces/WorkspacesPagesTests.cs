using System.Net;
using AngleSharp.Dom;
using WorkspaceService.Features.Metering;
using WorkspaceService.Features.ServiceLines;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Workspaces;

/// <summary>The pages of a workspace in the console, from its creation to its end.</summary>
[Collection("Workspaces")]
public sealed class WorkspacesPagesTests(ServiceFixture service)
{
    [Fact]
    public async Task A_workspace_is_created_from_the_page_of_its_organization()
    {
        var tenant = await service.NewTenantAsync();
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.ClickAsync("Create the first workspace");
        owner.Page.QuerySelector("input[name=type][checked]")!.GetAttribute("value").Should().Be("private");
        owner.Text.Should().Contain("Members of the organization see it and may ask to join.");
        await owner.SendAsync(
            "main form.form", ("name", "Payments"), ("type", "closed"), ("description", "Cards\nand wires"),
            ("seat_limit", "12"));

        owner.Notice.Should().Be("The workspace Payments is ready.");
        owner.Page.QuerySelector("h1")!.Text().Trim().Should().Be("Payments");
        var created = (await service.Do(new ListWorkspaces.Query(await tenant.OwnerAsync(), tenant.Id))).Items.Single();
        owner.Address.Should().Be($"/console/workspaces/{created.Id}");
        var workspace = (await service.Do(new GetWorkspace.Query(await tenant.OwnerAsync(), created.Id))).Value;
        (workspace.Slug, workspace.Type, workspace.SeatLimit).Should().Be(("payments", "closed", 12));
        workspace.Description.Should().Be("Cards\nand wires");
    }

    [Fact]
    public async Task A_taken_slug_and_an_unreadable_number_stand_beside_their_fields()
    {
        var tenant = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync("Payments");
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/workspaces/new?organization_id={tenant.Id}");
        await owner.SendAsync("main form.form", ("name", "Other"), ("slug", "payments"), ("type", "open"));

        owner.Status.Should().Be(HttpStatusCode.Conflict);
        owner.ErrorOf("slug").Should().Be("The slug 'payments' already belongs to a workspace of the organization.");
        owner.Page.QuerySelector("#f-name")!.GetAttribute("value").Should().Be("Other");
        owner.Page.QuerySelector("input[name=type][checked]")!.GetAttribute("value").Should().Be("open");

        await owner.SendAsync("main form.form", ("seat_limit", "many"));

        owner.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        owner.ErrorOf("seat_limit").Should().Be("Give a whole number.");
    }

    [Fact]
    public async Task The_first_visit_counts_its_last_step()
    {
        var tenant = await service.NewTenantAsync();
        using var root = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);

        await root.GoAsync($"/console/workspaces/new?organization_id={tenant.Id}&step=3");
        root.Text.Should().Contain("Step 3 of 3");
        await root.SendAsync("main form.form", ("name", ""));

        root.ErrorOf("name").Should().NotBeNull();
        root.Text.Should().Contain("Step 3 of 3", "the step stays where the form is refused");
    }

    [Fact]
    public async Task Without_an_organization_one_is_to_be_chosen()
    {
        using var root = await ConsoleVisitor.SignInAsync(service, ServiceFixture.RootKey);

        await root.GoAsync("/console/workspaces/new");

        root.Address.Should().Be("/console/organizations");
        root.Notice.Should().Be("Choose the organization that the workspace is for.");
    }

    [Fact]
    public async Task Members_create_none_where_only_admins_do()
    {
        var tenant = await service.NewTenantAsync();
        var member = await tenant.NewMemberAsync();
        using var visitor = await ConsoleVisitor.SignInAsync(service, member.Key);

        await visitor.GoAsync($"/console/organizations/{tenant.Id}");
        visitor.Offers("New workspace").Should().BeFalse();
        await visitor.GoAsync($"/console/workspaces/new?organization_id={tenant.Id}");

        visitor.Status.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task The_overview_shows_seats_cost_and_health_in_numbers_too()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform", seatLimit: 5);
        await tenant.NewMemberOfAsync(workspace.Id);
        await tenant.InviteAsync(workspace.Id, "invited@example.com");
        var line = await tenant.NewLineAsync(workspace.Id, "active", "Squad");
        var root = ServiceFixture.RootCaller;
        await service.MeterAsync(root, service.Usage(line.Id, cost: 1234.5m));
        await service.Do(new ReportHealth.Command(root, line.Id, 73));
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/workspaces/{workspace.Id}");

        var seats = owner.Page.QuerySelector(".meter")!;
        seats.QuerySelector(".meter-head strong")!.Text().Should().Be("3 of 5");
        seats.QuerySelector(".hint")!.Text().Should().Be("2 free; 1 held by invitations");
        owner.Page.QuerySelector(".bars table tbody td.number")!.Text().Should().Be("USD 1,234.50");
        owner.Page.QuerySelectorAll(".bars svg rect").Should()
            .HaveCount(DateTime.DaysInMonth(service.Clock.Now.Year, service.Clock.Now.Month), "a bar for each day");
        var row = owner.Page.QuerySelectorAll("tr").Single(its => its.Text().Contains(line.Id));
        row.QuerySelector("th a")!.Text().Should().Be("Squad");
        row.QuerySelector(".score")!.Text().Trim().Should().Be("73");
        owner.Page.QuerySelector($"[data-copy='{workspace.Id}']").Should().NotBeNull();
        owner.Page.QuerySelector(".figures")!.Text().Should().Contain("USD 1,234.50").And.Contain("73");
    }

    [Fact]
    public async Task The_overview_offers_what_the_caller_may_do()
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var workspace = await tenant.NewWorkspaceAsync();
        var admin = await tenant.NewMemberOfAsync(workspace.Id, Roles.Admin, Roles.Member);
        var viewer = await tenant.NewMemberOfAsync(workspace.Id, Roles.Viewer);
        using var first = await ConsoleVisitor.SignInAsync(service, admin.Key);
        using var second = await ConsoleVisitor.SignInAsync(service, viewer.Key);

        await first.GoAsync($"/console/workspaces/{workspace.Id}");
        await second.GoAsync($"/console/workspaces/{workspace.Id}");

        string[] offers = ["Invite", "Settings", "Archive"];
        offers.Should().OnlyContain(offer => first.Offers(offer));
        offers.Should().OnlyContain(offer => !second.Offers(offer));
        second.Page.QuerySelector(".meter").Should().NotBeNull("who belongs sees the seats");
        foreach (var page in new[] { "settings", "archive", "restore", "delete" })
        {
            await second.GoAsync($"/console/workspaces/{workspace.Id}/{page}");
            second.Status.Should().Be(HttpStatusCode.Forbidden, page);
        }

        await first.GoAsync($"/console/workspaces/{workspace.Id}/delete");
        first.Status.Should().Be(HttpStatusCode.Forbidden, "only the organization's owner and admins delete");
    }

    [Fact]
    public async Task Who_does_not_belong_sees_no_figures_of_seats_and_cost_and_nothing_of_a_private_one()
    {
        var tenant = await service.NewTenantAsync();
        var open = await tenant.NewWorkspaceAsync("Open", "open");
        var hidden = await tenant.NewWorkspaceAsync("Hidden");
        var member = await tenant.NewMemberAsync();
        using var visitor = await ConsoleVisitor.SignInAsync(service, member.Key);

        await visitor.GoAsync($"/console/workspaces/{open.Id}");
        visitor.Status.Should().Be(HttpStatusCode.OK);
        visitor.Page.QuerySelector(".meter").Should().BeNull();
        visitor.Page.QuerySelector(".bars").Should().BeNull();
        await visitor.GoAsync($"/console/workspaces/{hidden.Id}");

        visitor.Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Settings_are_saved()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform", seatLimit: 9);
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/workspaces/{workspace.Id}");
        await owner.ClickAsync("Settings");
        await owner.GoAsync($"/console/workspaces/{workspace.Id}/settings");
        await owner.SendAsync(
            "main form.form", ("name", "Platform 2"), ("type", "open"), ("seat_limit", ""),
            ("settings/default_currency", "EUR"), ("settings/require_task_service_line", "true"));

        owner.Notice.Should().Be("The settings are saved.");
        owner.Page.QuerySelector("#f-name")!.GetAttribute("value").Should().Be("Platform 2");
        owner.Page.QuerySelector("#f-settings-require_task_service_line")!.HasAttribute("checked").Should().BeTrue();
        var saved = (await service.Do(new GetWorkspace.Query(await tenant.OwnerAsync(), workspace.Id))).Value;
        (saved.Type, saved.SeatLimit, saved.Currency, saved.Slug).Should().Be(("open", null, "EUR", "platform"));

        await owner.SendAsync("main form.form", ("settings/require_task_service_line", null));

        owner.Page.QuerySelector("#f-settings-require_task_service_line")!.HasAttribute("checked").Should().BeFalse();
    }

    [Fact]
    public async Task Settings_that_somebody_has_changed_meanwhile_are_not_overwritten()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform");
        using var first = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        using var second = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await first.GoAsync($"/console/workspaces/{workspace.Id}/settings");
        await second.GoAsync($"/console/workspaces/{workspace.Id}/settings");

        await first.SendAsync("main form.form", ("name", "First"));
        await second.SendAsync("main form.form", ("name", "Second"));

        second.Status.Should().Be(HttpStatusCode.PreconditionFailed);
        second.Alert.Should().NotBeNullOrEmpty();
        second.Page.QuerySelector("#f-name")!.GetAttribute("value").Should().Be("Second");
        (await service.Do(new GetWorkspace.Query(await tenant.OwnerAsync(), workspace.Id))).Value.Name
            .Should().Be("First");
    }

    [Fact]
    public async Task Fewer_seats_than_are_taken_are_refused_beside_the_field()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await tenant.NewMemberOfAsync(workspace.Id);
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/workspaces/{workspace.Id}/settings");
        await owner.SendAsync("main form.form", ("seat_limit", "1"), ("description", "Kept"));

        owner.ErrorOf("seat_limit").Should().Be("2 seats are taken; the limit cannot be lower.");
        owner.Page.QuerySelector("#f-description")!.Text().Should().Be("Kept");
    }

    [Fact]
    public async Task A_workspace_is_archived_and_restored()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform");
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/workspaces/{workspace.Id}");
        await owner.ClickAsync("Archive");
        await owner.SendAsync("main form.form");

        owner.Notice.Should().Be("Platform is archived.");
        owner.Offers("Invite").Should().BeFalse();
        owner.Offers("Archive").Should().BeFalse();

        await owner.GoAsync($"/console/workspaces/{workspace.Id}/archive");
        owner.Status.Should().Be(HttpStatusCode.Conflict);
        await owner.GoAsync($"/console/workspaces/{workspace.Id}/settings");
        owner.Page.QuerySelector("main form.form").Should().BeNull("nothing of it can be changed");
        await owner.ClickAsync("Restore");
        await owner.SendAsync("main form.form");

        owner.Notice.Should().Be("Platform is in use again.");
        await owner.GoAsync($"/console/workspaces/{workspace.Id}/restore");
        owner.Status.Should().Be(HttpStatusCode.Conflict, "there is nothing to restore");
    }

    [Fact]
    public async Task Lines_that_stand_in_the_way_of_archiving_are_named_and_can_be_closed_with_it()
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var workspace = await tenant.NewWorkspaceAsync("Platform");
        var active = await tenant.NewLineAsync(workspace.Id, "active", "Squad");
        var paused = await tenant.NewLineAsync(workspace.Id, "paused", "Fleet");
        await tenant.NewLineAsync(workspace.Id, "draft", "Idea");
        var admin = await tenant.NewMemberOfAsync(workspace.Id, Roles.Admin, Roles.Member);
        using var visitor = await ConsoleVisitor.SignInAsync(service, admin.Key);
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await visitor.GoAsync($"/console/workspaces/{workspace.Id}/archive");
        visitor.Offers("Archive all the same").Should().BeFalse("only the organization's owner and admins may");
        await visitor.SendAsync("main form.form");

        visitor.Status.Should().Be(HttpStatusCode.Conflict);
        visitor.Alert.Should().Be("Service lines are active or paused in the workspace; close them first.");
        visitor.Page.QuerySelectorAll(".plain a").Select(line => line.GetAttribute("href")).Should()
            .Equal($"/console/service-lines/{active.Id}", $"/console/service-lines/{paused.Id}");

        await owner.GoAsync($"/console/workspaces/{workspace.Id}/archive");
        owner.Offers("Archive all the same").Should().BeTrue();
        await owner.SendAsync("main form.form");

        owner.Notice.Should().Be("Platform is archived.");
        (await service.Do(new GetServiceLine.Query(await tenant.OwnerAsync(), active.Id))).Value.Status
            .Should().Be("closed");
    }

    [Fact]
    public async Task A_workspace_is_deleted_only_where_its_name_is_typed()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform");
        await tenant.NewLineAsync(workspace.Id, "active", "Squad");
        using var owner = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await owner.GoAsync($"/console/workspaces/{workspace.Id}/settings");
        await owner.ClickAsync("Delete");
        await owner.SendAsync("main form.form", ("confirmation", "platform"), ("force", "true"));

        owner.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        owner.ErrorOf("confirmation").Should().Be("Type the name exactly as it is written above.");

        await owner.SendAsync("main form.form", ("confirmation", "Platform"), ("force", null));

        owner.Status.Should().Be(HttpStatusCode.Conflict);
        owner.Alert.Should().Be("Service lines are active or paused in the workspace; close them first.");
        owner.Page.QuerySelector("#f-confirmation")!.GetAttribute("value").Should().Be("Platform");

        await owner.SendAsync("main form.form", ("force", "true"));

        owner.Notice.Should().Be("Platform is deleted.");
        owner.Address.Should().Be($"/console/organizations/{tenant.Id}");
        await owner.GoAsync($"/console/workspaces/{workspace.Id}");
        owner.Status.Should().Be(HttpStatusCode.NotFound);
    }
}
