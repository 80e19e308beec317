using System.Net;
using AngleSharp.Dom;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.ServiceLines;

[Collection("ServiceLines")]
public sealed class ServiceLinePagesTests(ServiceFixture service)
{
    [Fact]
    public async Task An_admin_creates_a_line_and_leads_it_through_its_life()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/service-lines?workspace_id={workspace.Id}");
        await admin.ClickAsync("Create the first service line");
        await admin.SendAsync(
            "main form.form",
            ("name", "Platform"),
            ("product_line", "talent"),
            ("execution_model", "capacity"),
            ("billing_model", "monthly_retainer"),
            ("project_tags", "PROJ-1\n\n PROJ-2 "),
            ("config", """{ "size": 3 }"""),
            ("starts_at", "2026-04-30"));
        admin.Notice.Should().Be("Platform is drafted.");
        var line = (await service.Do(new GetServiceLine.Query(
            ServiceFixture.RootCaller, admin.Address.Split('/')[^1]))).Value;
        line.ProjectTags.Should().Equal("PROJ-1", "PROJ-2");
        line.Config.ToObject()["size"]!.GetValue<int>().Should().Be(3);
        line.StartsAt.Should().Be(DateTimeOffset.Parse("2026-04-30T00:00:00Z", null));
        admin.Offers("Pause").Should().BeFalse("a draft is not active");

        await admin.SendAsync("main form[action$='/activate']");
        admin.Notice.Should().Be("Platform is active now.");
        await admin.SendAsync("main form[action$='/pause']");
        await admin.SendAsync("main form[action$='/activate']");
        await admin.ClickAsync("Close");
        admin.Text.Should().Contain("for good");
        await admin.SendAsync("main form.form");

        admin.Notice.Should().Be("Platform is closed now.");
        admin.Address.Should().Be($"/console/service-lines/{line.Id}");
        foreach (var action in new[] { "Edit", "Activate", "Resume", "Pause", "Close", "Terminate" })
        {
            admin.Offers(action).Should().BeFalse(action);
        }
    }

    [Fact]
    public async Task Refusals_stand_beside_their_fields_and_keep_what_was_typed()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/service-lines/new?workspace_id={workspace.Id}");

        await admin.SendAsync("main form.form", ("product_line", "talent"), ("config", "{ size: 3 }"));
        admin.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        admin.ErrorOf("config").Should().Be("This is not JSON: it cannot be read from line 1, character 3 on.");
        await admin.SendAsync("main form.form", ("config", """{ "a": 1, "a": 2 }"""));
        admin.ErrorOf("config").Should().Be("A name stands twice in it. Give each name once.");
        await admin.SendAsync("main form.form", ("config", "[1]"));
        admin.ErrorOf("config").Should().StartWith("Give a JSON object");
        await admin.SendAsync("main form.form", ("config", ""));

        admin.ErrorOf("billing_model").Should().Be("Name the billing model.");
        admin.ErrorOf("name").Should().NotBeNull();
        admin.Page.QuerySelector("#f-product_line option[selected]")!.GetAttribute("value").Should().Be("talent");
    }

    [Fact]
    public async Task An_edit_changes_what_was_changed_alone()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var start = DateTimeOffset.Parse("2026-04-30T10:30:00Z", null);
        var line = (await service.Do(new CreateServiceLine.Command(
            await tenant.OwnerAsync(), workspace.Id, "Line", "talent", "capacity", "milestone", null, ["A"],
            new() { ["kept"] = 1, ["gone"] = 2, ["inside"] = new System.Text.Json.Nodes.JsonObject { ["x"] = 1 } },
            start))).Value;
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/service-lines/{line.Id}");
        await admin.ClickAsync("Edit");

        await admin.SendAsync(
            "main form.form", ("name", "Other"), ("config", """{ "kept": 1, "inside": { "y": 2 } }"""));

        admin.Notice.Should().Be("Other is saved.");
        var saved = (await service.Do(new GetServiceLine.Query(ServiceFixture.RootCaller, line.Id))).Value;
        saved.Name.Should().Be("Other");
        saved.Config.Text.Should().Be("""{"kept":1,"inside":{"y":2}}""");
        saved.StartsAt.Should().Be(start, "the day is the same, so the time of the day stays");
        saved.ProjectTags.Should().Equal("A");
    }

    [Fact]
    public async Task An_edit_of_what_somebody_else_has_changed_is_refused()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/service-lines/{line.Id}/edit");
        await tenant.MoveAsync(line.Id, "active");

        await admin.SendAsync("main form.form", ("name", "Other"));

        admin.Status.Should().Be(HttpStatusCode.PreconditionFailed);
        admin.Page.QuerySelector("#f-name")!.GetAttribute("value").Should().Be("Other");
    }

    [Fact]
    public async Task A_full_plan_is_said_where_it_is_activated()
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(null, null, 0));
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id);
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);
        await admin.GoAsync($"/console/service-lines/{line.Id}");

        await admin.SendAsync("main form[action$='/activate']");

        admin.Status.Should().Be(HttpStatusCode.Forbidden);
        admin.Alert.Should().Be("The organization's plan allows 0 active service lines.");
        admin.Page.QuerySelector("main form.form button")!.Text().Should().Be("Activate service line");
    }

    [Fact]
    public async Task A_line_shows_what_it_used_this_month()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, ServiceLineLifecycle.Active);
        await service.MeterAsync(
            await tenant.OwnerAsync(),
            service.Usage(line.Id, cost: 1200.5m, quantity: 2.5m),
            service.Usage(line.Id, cost: 1m, quantity: 1m));
        using var admin = await ConsoleVisitor.SignInAsync(service, tenant.OwnerKey);

        await admin.GoAsync($"/console/service-lines/{line.Id}");

        admin.Page.QuerySelectorAll("main tbody tr > *").Select(cell => cell.Text())
            .Should().Equal("Hours", "3.5 hour", "USD 1,201.50");
    }

    [Fact]
    public async Task A_member_sees_lines_and_changes_none()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var line = await tenant.NewLineAsync(workspace.Id, ServiceLineLifecycle.Active, "Platform");
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        using var visitor = await ConsoleVisitor.SignInAsync(service, member.Key);

        await visitor.GoAsync($"/console/service-lines?workspace_id={workspace.Id}&status=active");
        visitor.Offers("New service line").Should().BeFalse();
        await visitor.ClickAsync("Platform");
        visitor.Status.Should().Be(HttpStatusCode.OK);
        visitor.Offers("Pause").Should().BeFalse();
        foreach (var page in new[] { "edit", "activate", "pause", "close", "terminate" })
        {
            await visitor.GoAsync($"/console/service-lines/{line.Id}/{page}");
            visitor.Status.Should().Be(HttpStatusCode.Forbidden, page);
        }

        await visitor.GoAsync($"/console/service-lines/new?workspace_id={workspace.Id}");
        visitor.Status.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task To_strangers_a_line_is_not_there()
    {
        var tenant = await service.NewTenantAsync();
        var line = await tenant.NewLineAsync((await tenant.NewWorkspaceAsync()).Id);
        using var stranger = await ConsoleVisitor.SignInAsync(service, (await service.NewTenantAsync()).OwnerKey);

        foreach (var page in new[] { "", "/edit", "/terminate" })
        {
            await stranger.GoAsync($"/console/service-lines/{line.Id}{page}");
            stranger.Status.Should().Be(HttpStatusCode.NotFound, page);
        }
    }
}
