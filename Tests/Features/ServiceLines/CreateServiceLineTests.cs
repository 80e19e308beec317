using System.Net;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ServiceLines;

[Collection("ServiceLines")]
public sealed class CreateServiceLineTests(ServiceFixture service)
{
    [Fact]
    public async Task A_new_line_is_a_draft_that_counts_nowhere()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var response = await tenant.Client.PostJson("/v1/service-lines", new
        {
            name = "  Core Platform Squad ",
            workspace_id = workspace.Id,
            product_line = "talent",
            execution_model = "capacity",
            billing_model = "monthly_retainer",
            subscription_id = "SUB-26-001122",
            project_tags = new[] { "PROJ-26-004281", " PROJ-26-004281", "PROJ-26-000002" },
            config = new { region = "eu", team = new { size = 5 } },
            starts_at = "2026-04-01T09:00:00Z",
        });

        var line = await response.Data(HttpStatusCode.Created);
        var id = line.GetProperty("id").GetString();
        id.Should().MatchRegex(@"^LIN-\d\d-\d{6}$");
        response.Headers.Location!.ToString().Should().Be($"/v1/service-lines/{id}");
        response.Headers.ETag.Should().NotBeNull();
        line.EnumerateObject().Select(member => member.Name).Should().BeEquivalentTo(
            "id", "name", "workspace_id", "organization_id", "product_line", "execution_model", "billing_model",
            "status",
            "project_tags", "subscription_id", "config", "health_score", "starts_at", "started_at", "ends_at",
            "created_at", "updated_at");
        line.GetProperty("name").GetString().Should().Be("Core Platform Squad");
        line.GetProperty("workspace_id").GetString().Should().Be(workspace.Id);
        line.GetProperty("organization_id").GetString().Should().Be(tenant.Id);
        line.GetProperty("status").GetString().Should().Be("draft");
        line.GetProperty("project_tags").EnumerateArray().Select(t => t.GetString())
            .Should().Equal("PROJ-26-004281", "PROJ-26-000002");
        line.GetProperty("subscription_id").GetString().Should().Be("SUB-26-001122");
        line.GetProperty("config").GetProperty("team").GetProperty("size").GetInt32().Should().Be(5);
        line.GetProperty("starts_at").GetString().Should().Be("2026-04-01T09:00:00Z");
        line.GetProperty("started_at").ValueKind.Should().Be(System.Text.Json.JsonValueKind.Null);
        line.GetProperty("health_score").ValueKind.Should().Be(System.Text.Json.JsonValueKind.Null);
        (await (await tenant.Client.GetAsync($"/v1/service-lines/{id}")).Data()).GetRawText()
            .Should().Be(line.GetRawText());
        (await service.Do(new GetWorkspace.Query(await tenant.OwnerAsync(), workspace.Id))).Value.ActiveServiceLines
            .Should().Be(0);

        var recorded = (await service.EventsOfAsync(id!)).Should().ContainSingle().Which;
        (recorded.Type, recorded.OrganizationCode, recorded.WorkspaceCode, recorded.SubjectKind)
            .Should().Be(("service_line.created", tenant.Id, workspace.Id, "service_line"));
    }

    [Theory]
    [InlineData("monthly_retainer")]
    [InlineData("milestone")]
    [InlineData("usage_based")]
    [InlineData("seat_based")]
    [InlineData("time_and_materials")]
    [InlineData("subscription")]
    [InlineData("fixed_scope")]
    [InlineData("usage_plus_subscription")]
    public async Task Both_documented_sets_of_billing_models_are_taken(string model)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var line = await service.Do(new CreateServiceLine.Command(
            await tenant.OwnerAsync(), workspace.Id, "Line", "ods", "ongoing_sla", model));

        line.Value.BillingModel.Should().Be(model);
        line.Value.SubscriptionId.Should().BeNull();
        line.Value.ProjectTags.Should().BeEmpty();
        line.Value.Config.Text.Should().Be("{}");
    }

    [Fact]
    public async Task What_is_wrong_is_said_with_a_pointer_each()
    {
        var tenant = await service.NewTenantAsync();

        var empty = await tenant.Client.PostJson("/v1/service-lines", new { });
        var wrong = await tenant.Client.PostJson("/v1/service-lines", new
        {
            workspace_id = "WS-26-000001",
            name = new string('x', 121),
            product_line = "hardware",
            execution_model = "magic",
            billing_model = "free",
            subscription_id = new string('x', 101),
            project_tags = new[] { "fine", "" },
            config = new { text = new string('x', 17_000) },
        });

        var required = await empty.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        required.GetProperty("errors")
            .EnumerateArray().Select(e => (e.GetProperty("pointer").GetString(), e.GetProperty("code").GetString()))
            .Should().BeEquivalentTo([
                ("/workspace_id", "required"), ("/name", "required"), ("/product_line", "required"),
                ("/execution_model", "required"),
                ("/billing_model", "required")]);
        var problem = await wrong.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString())
            .Should().BeEquivalentTo(
                "/name", "/product_line", "/execution_model", "/billing_model", "/subscription_id", "/project_tags",
                "/config");
    }

    [Theory]
    [InlineData(50, 100, true)]
    [InlineData(51, 1, false)]
    [InlineData(1, 101, false)]
    public async Task It_has_at_most_fifty_tags_of_a_hundred_characters(int count, int length, bool isTaken)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var response = await tenant.Client.PostJson("/v1/service-lines", new
        {
            workspace_id = workspace.Id,
            name = "Line",
            product_line = "talent",
            execution_model = "capacity",
            billing_model = "milestone",
            project_tags = Enumerable.Range(0, count).Select(n => $"{n}".PadLeft(length, 'x')[^length..]),
        });

        response.StatusCode.Should().Be(isTaken ? HttpStatusCode.Created : HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task It_may_not_end_before_it_starts()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var start = service.Clock.Now;

        var refused = await service.Refused(new CreateServiceLine.Command(
            await tenant.OwnerAsync(),
            workspace.Id,
            "Line",
            "ods",
            "ongoing_sla",
            "milestone",
            StartsAt: start,
            EndsAt: start.AddDays(-1)));

        refused.Errors.Should().ContainSingle().Which.Pointer.Should().Be("/ends_at");
    }

    [Theory]
    [InlineData(Roles.Admin, null)]
    [InlineData(Roles.Member, "forbidden")]
    [InlineData(Roles.Viewer, "forbidden")]
    [InlineData(null, "not_found")]
    public async Task Only_a_workspace_admin_creates(string? role, string? code)
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();
        if (role is not null)
        {
            await tenant.AddToAsync(workspace.Id, person.Id, role);
        }

        var outcome = await service.Send(new CreateServiceLine.Command(
            await person.CallerAsync(), workspace.Id, "Line", "talent", "capacity", "milestone"));

        outcome.Match(_ => (string?)null, fault => fault.Code).Should().Be(code);
    }

    [Theory]
    [InlineData(Permissions.ServiceLinesManage, null)]
    [InlineData(Permissions.Write, "forbidden")]
    [InlineData(Permissions.MeteringWrite, "forbidden")]
    public async Task A_service_key_needs_its_permission(string permission, string? code)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var key = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", workspace.Id, permission));

        var outcome = await service.Send(new CreateServiceLine.Command(
            key, workspace.Id, "Line", "talent", "capacity", "milestone"));

        outcome.Match(_ => (string?)null, fault => fault.Code).Should().Be(code);
    }

    [Fact]
    public async Task A_workspace_that_the_caller_may_not_see_is_not_there()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var theirs = await other.NewWorkspaceAsync();
        var narrowed = await service.CallerAsync(await tenant.ServiceKeyAsync(
            "secret", (await tenant.NewWorkspaceAsync()).Id));
        var second = await tenant.NewWorkspaceAsync();

        (await service.Refused(new CreateServiceLine.Command(
            await tenant.OwnerAsync(), theirs.Id, "Line", "talent", "capacity", "milestone")))
            .Code.Should().Be("not_found");
        (await service.Refused(new CreateServiceLine.Command(
            narrowed, second.Id, "Line", "talent", "capacity", "milestone")))
            .Code.Should().Be("not_found");
    }
}
