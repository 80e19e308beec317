using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Organizations;

[Collection("Clock")]
public sealed class UpdateOrganizationTests(ServiceFixture service)
{
    [Theory]
    [InlineData(Roles.Owner, null)]
    [InlineData(Roles.Admin, null)]
    [InlineData(Roles.Member, "forbidden")]
    [InlineData(Roles.Viewer, "forbidden")]
    [InlineData(Roles.Billing, "forbidden")]
    [InlineData(Roles.Guest, "forbidden")]
    public async Task Owner_and_admin_change_it(string role, string? code)
    {
        var tenant = await service.NewTenantAsync();
        var caller = role == Roles.Owner
            ? await tenant.OwnerAsync()
            : await (await tenant.NewMemberAsync(role)).CallerAsync();

        var outcome = await service.Send(new UpdateOrganization.Command(caller, tenant.Id, new() { Name = "Renamed" }));

        outcome.Match(o => (o.Value.Name, (string?)null), fault => ("", fault.Code))
            .Should().Be((code is null ? "Renamed" : "", code));
    }

    [Fact]
    public async Task Only_what_is_given_changes()
    {
        var tenant = await service.NewTenantAsync();
        var before = await (await tenant.Client.GetAsync($"/v1/orgs/{tenant.Id}")).Data();
        service.Clock.Advance(TimeSpan.FromSeconds(2));

        var after = await (await tenant.Client.PatchJson(
            $"/v1/orgs/{tenant.Id}", new { name = "  Renamed  ", billing_email = "Billing@example.com" })).Data();

        after.GetProperty("name").GetString().Should().Be("Renamed");
        after.GetProperty("billing_email").GetString().Should().Be("Billing@example.com");
        after.GetProperty("slug").GetString().Should().Be(before.GetProperty("slug").GetString());
        after.GetProperty("settings").GetRawText().Should().Be(before.GetProperty("settings").GetRawText());
        after.GetProperty("updated_at").GetDateTimeOffset()
            .Should().BeAfter(before.GetProperty("updated_at").GetDateTimeOffset());
        (await (await tenant.Client.GetAsync("/v1/orgs?q=renamed")).Data()).EnumerateArray().Should().ContainSingle();
        var cleared = await (await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}", """{"billing_email": null}"""))
            .Data();
        cleared.GetProperty("billing_email").ValueKind.Should().Be(JsonValueKind.Null);
        cleared.GetProperty("name").GetString().Should().Be("Renamed");
    }

    [Theory]
    [InlineData("""{"status": "active"}""")]
    [InlineData("""{"plan_id": "plan_scale"}""")]
    [InlineData("""{"limits": {"members": 1000}}""")]
    [InlineData("""{"limits": null}""")]
    [InlineData("""{"subscription_status": "active"}""")]
    [InlineData("""{"trial_ends_at": "2030-01-01T00:00:00Z"}""")]
    public async Task The_plan_and_the_statuses_are_for_root_alone(string body)
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(5, 5, 5));

        await (await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}", body))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await service.Client(await tenant.ServiceKeyAsync()).PatchJson($"/v1/orgs/{tenant.Id}", body))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");

        await (await service.Root.PatchJson($"/v1/orgs/{tenant.Id}", body)).Data();
    }

    [Fact]
    public async Task Limits_merge_and_bind_at_once()
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(5, 5, 5));

        var merged = await (await service.Root.PatchJson(
            $"/v1/orgs/{tenant.Id}", """{"limits": {"workspaces": 0, "members": null}}""")).Data();

        merged.GetProperty("limits").GetRawText()
            .Should().Be("""{"workspaces":0,"members":null,"active_service_lines":5}""");
        (await service.Refused(new CreateWorkspace.Command(await tenant.OwnerAsync(), tenant.Id, "One"))).Code
            .Should().Be("plan_limit_exceeded");
        var lifted = await (await service.Root.PatchJson($"/v1/orgs/{tenant.Id}", """{"limits": null}""")).Data();
        lifted.GetProperty("limits").GetRawText()
            .Should().Be("""{"workspaces":null,"members":null,"active_service_lines":null}""");
        await tenant.NewWorkspaceAsync();
    }

    [Fact]
    public async Task Settings_merge_and_null_deletes()
    {
        var tenant = await service.NewTenantAsync();

        (await PatchedAsync("""{"settings": {"a": {"b": 1, "c": 2}, "d": [1]}}"""))
            .Should().Be("""{"workspace_role_ceiling":true,"a":{"b":1,"c":2},"d":[1]}""");
        (await PatchedAsync("""{"settings": {"a": {"b": null, "e": "f"}, "d": null}}"""))
            .Should().Be("""{"workspace_role_ceiling":true,"a":{"c":2,"e":"f"}}""");
        (await PatchedAsync("""{"settings": {"workspace_role_ceiling": false}}"""))
            .Should().Be("""{"workspace_role_ceiling":false,"a":{"c":2,"e":"f"}}""");
        (await PatchedAsync("""{"settings": null}""")).Should().Be("""{"workspace_role_ceiling":true}""");

        async Task<string> PatchedAsync(string body) =>
            (await (await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}", body)).Data())
                .GetProperty("settings").GetRawText();
    }

    [Fact]
    public async Task The_ceiling_counts_from_the_moment_it_changes()
    {
        var tenant = await service.NewTenantAsync();
        var member = await tenant.NewMemberAsync();
        (await service.Refused(new CreateWorkspace.Command(await member.CallerAsync(), tenant.Id, "Mine"))).Code
            .Should().Be("forbidden");

        await service.Do(new UpdateOrganization.Command(
            await tenant.OwnerAsync(),
            tenant.Id,
            new() { Settings = new JsonObject { ["workspace_role_ceiling"] = false } }));

        await service.Do(new CreateWorkspace.Command(await member.CallerAsync(), tenant.Id, "Mine"));
    }

    [Fact]
    public async Task Settings_are_bound_in_all_and_not_each_time()
    {
        var tenant = await service.NewTenantAsync();
        var half = new string('x', 9000);
        await (await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}", new { settings = new { a = half } })).Data();

        var problem =
            await (await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}", new { settings = new { b = half } }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("/settings");
        await (await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}", new { settings = new { a = "", b = half } }))
            .Data();
    }

    [Fact]
    public async Task A_taken_slug_is_a_conflict_and_its_own_is_not()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        var taken = (await service.Do(new UpdateOrganization.Command(
            await other.OwnerAsync(), other.Id, new() { Slug = "taken" }))).Value.Slug;

        (await service.Refused(new UpdateOrganization.Command(
            await tenant.OwnerAsync(), tenant.Id, new() { Slug = taken }))).Code.Should().Be("slug_taken");
        (await service.Do(new UpdateOrganization.Command(
            await other.OwnerAsync(), other.Id, new() { Slug = taken, Name = "Again" }))).Value.Slug.Should().Be(taken);
    }

    [Fact]
    public async Task Sixteen_racing_for_one_slug_give_one_winner()
    {
        var tenants = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => service.NewTenantAsync()));
        var owners = await Task.WhenAll(tenants.Select(t => t.OwnerAsync()));

        var codes = await service.Race(tenants.Zip(
            owners, (t, o) => new UpdateOrganization.Command(o, t.Id, new() { Slug = "the-slug" })));

        codes.Count(code => code is null).Should().Be(1);
        codes.Count(code => code == "slug_taken").Should().Be(15);
    }

    [Fact]
    public async Task A_change_is_one_event_and_no_change_is_none()
    {
        var tenant = await service.NewTenantAsync();
        var before = await service.Do(new GetOrganization.Query(await tenant.OwnerAsync(), tenant.Id));
        var end = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(12345);
        var change = new UpdateOrganization.Command(ServiceFixture.RootCaller, tenant.Id, new()
        {
            Name = "Renamed",
            PlanId = "plan_scale",
            TrialEndsAt = end,
            Limits = new UpdateOrganization.LimitsPatch(7, default, default),
            Settings = new JsonObject { ["theme"] = "dark" },
        });

        var first = await service.Do(change);
        var second = await service.Do(change);

        first.Version.Should().Be(before.Version + 1);
        second.Should().BeEquivalentTo(first);
        var updated = (await service.EventsAsync(organization: tenant.Id)).Where(e => e.Type == "organization.updated")
            .Should().ContainSingle().Subject;
        updated.Subject.Id.Should().Be(tenant.Id);
        JsonNode.DeepEquals(JsonNode.Parse(updated.Changes.Text), JsonNode.Parse($$"""
            {
              "name": ["{{before.Value.Name}}", "Renamed"],
              "plan_id": [null, "plan_scale"],
              "trial_ends_at": [null, "2030-01-01T00:00:00Z"],
              "limits": [
                {"workspaces": null, "members": null, "active_service_lines": null},
                {"workspaces": 7, "members": null, "active_service_lines": null}
              ],
              "settings": [{"workspace_role_ceiling": true}, {"workspace_role_ceiling": true, "theme": "dark"}]
            }
            """)).Should().BeTrue(updated.Changes.Text);
    }

    [Fact]
    public async Task A_stale_edit_is_refused()
    {
        var tenant = await service.NewTenantAsync();
        var tag = (await tenant.Client.GetAsync($"/v1/orgs/{tenant.Id}")).Headers.ETag!.ToString();
        var fresh = await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}", new { name = "One" }, ("If-Match", tag));

        var stale = await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}", new { name = "Two" }, ("If-Match", tag));

        await fresh.Data();
        fresh.Headers.ETag!.ToString().Should().NotBe(tag);
        await stale.ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
        await (await tenant.Client.PatchJson(
            $"/v1/orgs/{tenant.Id}", new { name = "Two" }, ("If-Match", fresh.Headers.ETag.ToString()))).Data();
    }

    [Fact]
    public async Task A_suspended_organization_can_be_read_and_only_root_changes_it()
    {
        var tenant = await service.NewTenantAsync();
        await service.Do(new UpdateOrganization.Command(
            ServiceFixture.RootCaller, tenant.Id, new() { Status = "suspended" }));

        await (await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}", new { name = "No" }))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "organization_suspended");
        (await (await tenant.Client.GetAsync($"/v1/orgs/{tenant.Id}")).Data()).GetProperty("status").GetString()
            .Should().Be("suspended");
        (await service.Do(new UpdateOrganization.Command(
            ServiceFixture.RootCaller, tenant.Id, new() { Status = "active" }))).Value.Status.Should().Be("active");
        await (await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}", new { name = "Yes" })).Data();
    }

    [Fact]
    public async Task A_service_key_needs_write()
    {
        var tenant = await service.NewTenantAsync();
        var weak = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, "read", "members:manage"));
        var strong = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, "write"));

        (await service.Refused(new UpdateOrganization.Command(weak, tenant.Id, new() { Name = "No" }))).Code
            .Should().Be("forbidden");
        (await service.Do(new UpdateOrganization.Command(strong, tenant.Id, new() { Name = "Yes" }))).Value.Name
            .Should().Be("Yes");
    }

    [Fact]
    public async Task What_is_wrong_is_said_with_a_pointer_each()
    {
        var tenant = await service.NewTenantAsync();

        var problem = await (await service.Root.PatchJson($"/v1/orgs/{tenant.Id}", """
            {
              "name": null, "slug": "-no", "billing_email": "nobody", "status": "closed", "subscription_status": null,
              "limits": {"workspaces": -1, "members": 0, "active_service_lines": -1},
              "settings": {"workspace_role_ceiling": "yes"}
            }
            """)).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString())
            .Should().BeEquivalentTo(
                "/name", "/slug", "/billing_email", "/status", "/subscription_status", "/limits/workspaces",
                "/limits/active_service_lines", "/settings/workspace_role_ceiling");
        problem.GetProperty("errors").EnumerateArray()
            .Single(e => e.GetProperty("pointer").GetString() == "/settings/workspace_role_ceiling")
            .GetProperty("code").GetString().Should().Be("wrong_type");
    }

    [Theory]
    [InlineData("""{"owner_id": "USR-26-000001"}""", "/owner_id")]
    [InlineData("""{"limits": {"seats": 1}}""", "/limits/seats")]
    [InlineData("""{"id": "ORG-26-000001"}""", "/id")]
    public async Task What_cannot_be_patched_is_no_member(string body, string pointer)
    {
        var tenant = await service.NewTenantAsync();

        var problem = await (await tenant.Client.PatchJson($"/v1/orgs/{tenant.Id}", body))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be(pointer);
        problem.GetProperty("errors")[0].GetProperty("code").GetString().Should().Be("unknown_member");
    }

    [Fact]
    public async Task To_strangers_it_is_not_there_whatever_the_body()
    {
        var tenant = await service.NewTenantAsync();
        var stranger = await service.NewTenantAsync();

        foreach (var body in new[] { """{"name": "x"}""", """{"name": null}""", """{"nmae": 1}""", "{" })
        {
            await (await stranger.Client.PatchJson($"/v1/orgs/{tenant.Id}", body))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }
    }
}
