using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkspaceService.Features.Members;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Workspaces;

[Collection("Clock")]
public sealed class UpdateWorkspaceTests(ServiceFixture service)
{
    [Fact]
    public async Task It_changes_what_the_patch_names_and_leaves_the_rest()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Platform Engineering", seatLimit: 30);
        service.Clock.Advance(TimeSpan.FromMinutes(5));

        var response = await tenant.Client.PatchJson(
            $"/v1/workspaces/{workspace.Id}",
            new
            {
                name = " Platform & Infrastructure Engineering ",
                settings = new { require_task_service_line = true },
            });

        var updated = await response.Data();
        updated.GetProperty("name").GetString().Should().Be("Platform & Infrastructure Engineering");
        updated.GetProperty("slug").GetString().Should().Be("platform-engineering");
        updated.GetProperty("seat_limit").GetInt64().Should().Be(30);
        updated.GetProperty("settings").GetRawText()
            .Should().Be("""{"default_currency":"USD","require_task_service_line":true}""");
        updated.GetProperty("updated_at").GetDateTimeOffset().Should().BeAfter(workspace.UpdatedAt);
        updated.GetProperty("created_at").GetDateTimeOffset()
            .Should().BeCloseTo(workspace.CreatedAt, TimeSpan.FromSeconds(1));
        var read = await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}");
        (await read.Data()).GetRawText().Should().Be(updated.GetRawText());
        read.Headers.ETag.Should().Be(response.Headers.ETag);
    }

    [Fact]
    public async Task A_new_name_and_slug_are_found_by_search()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Before");
        var owner = await tenant.OwnerAsync();

        await service.Do(new UpdateWorkspace.Command(owner, workspace.Id, new() { Name = "Äfter", Slug = "later-on" }));

        foreach (var (q, found) in new[] { ("äFT", 1), ("later", 1), ("before", 0) })
        {
            (await service.Do(new ListWorkspaces.Query(owner, Q: q))).Items.Should().HaveCount(found, q);
        }
    }

    [Fact]
    public async Task Settings_merge_and_null_deletes()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        async Task<string> Patch(string settings) =>
            (await (await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", $$"""{"settings": {{settings}}}"""))
                .Data())
            .GetProperty("settings").GetRawText();

        (await Patch("""{"default_currency": "EUR", "board": {"columns": ["a", null], "swimlanes": 3}}""")).Should().Be(
            """{"default_currency":"EUR","require_task_service_line":false,"board":{"columns":["a",null]"""
            + ""","swimlanes":3}}""");
        (await Patch("""{"board": {"swimlanes": null, "color": "red"}, "more": {"deep": null}}""")).Should().Be(
            """{"default_currency":"EUR","require_task_service_line":false,"board":{"columns":["a",null]"""
            + ""","color":"red"},"more":{}}""");
        (await Patch("""{"default_currency": null, "board": null, "more": null}""")).Should().Be(
            """{"default_currency":"USD","require_task_service_line":false}""");
        await Patch("""{"board": 1, "require_task_service_line": true}""");
        (await Patch("null")).Should().Be("""{"default_currency":"USD","require_task_service_line":false}""");
    }

    [Fact]
    public async Task The_currency_is_that_of_the_settings()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var updated = await service.Do(new UpdateWorkspace.Command(await tenant.OwnerAsync(), workspace.Id, new()
        {
            Settings = new JsonObject { ["default_currency"] = "CHF" },
        }));

        updated.Value.Currency.Should().Be("CHF");
    }

    [Fact]
    public async Task Merged_settings_stay_within_16_kilobytes()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        Task<HttpResponseMessage> Patch(string name, int length) => tenant.Client.PatchJson(
            $"/v1/workspaces/{workspace.Id}",
            new { settings = new Dictionary<string, string> { [name] = new('x', length) } });
        (await Patch("a", 9_000)).StatusCode.Should().Be(HttpStatusCode.OK);
        var problem = await (await Patch("b", 9_000))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("/settings");
        (await Patch("a", 12_000)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Null_clears_the_description_and_the_seat_limit()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync(seatLimit: 5);
        await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", new { description = "What we do here" });

        var cleared = await (await tenant.Client.PatchJson(
            $"/v1/workspaces/{workspace.Id}", """{"description": null, "seat_limit": null}""")).Data();

        cleared.GetProperty("description").ValueKind.Should().Be(JsonValueKind.Null);
        cleared.GetProperty("seat_limit").ValueKind.Should().Be(JsonValueKind.Null);
        var events = await service.EventsAsync(workspace.Id);
        events[^1].Changes.Text.Should().Be("""{"description":["What we do here",null],"seat_limit":[5,null]}""");
    }

    [Fact]
    public async Task A_patch_that_changes_nothing_leaves_no_trace()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Same", "closed", 5);
        var before = await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}");
        service.Clock.Advance(TimeSpan.FromMinutes(5));

        foreach (var patch in new object[]
        {
            "{}",
            new
            {
                name = "Same",
                slug = "same",
                type = "closed",
                seat_limit = 5,
                settings = new { default_currency = "USD" },
            },
        })
        {
            var response = await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", patch);

            (await response.Data()).GetRawText().Should().Be((await before.Data()).GetRawText());
            response.Headers.ETag.Should().Be(before.Headers.ETag);
        }

        (await service.EventsAsync(workspace.Id)).Select(e => e.Type).Should().Equal("workspace.created");
    }

    [Fact]
    public async Task The_event_says_what_was_and_what_is()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Old");
        await service.Do(new UpdateWorkspace.Command(await tenant.OwnerAsync(), workspace.Id, new()
        {
            Name = "New",
            Type = "open",
            Settings = new JsonObject { ["x"] = 1 },
        }));

        var updated = (await service.EventsAsync(workspace.Id))[^1];

        updated.Type.Should().Be("workspace.updated");
        updated.Changes.Text.Should().Be(
            """{"name":["Old","New"],"type":["private","open"],"settings":"""
            + """[{"default_currency":"USD","require_task_service_line":false},"""
            + """{"default_currency":"USD","require_task_service_line":false,"x":1}]}""");
    }

    [Fact]
    public async Task A_taken_slug_is_a_conflict_in_the_same_organization_only()
    {
        var tenant = await service.NewTenantAsync();
        var other = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync("Taken");
        var mine = await tenant.NewWorkspaceAsync("Mine");
        var theirs = await other.NewWorkspaceAsync("Theirs");

        (await service.Refused(new UpdateWorkspace.Command(
            await tenant.OwnerAsync(), mine.Id, new() { Slug = "taken", Name = "New" })))
            .Code.Should().Be("slug_taken");
        (await service.Do(new UpdateWorkspace.Command(await other.OwnerAsync(), theirs.Id, new() { Slug = "taken" })))
            .Value.Slug.Should().Be("taken");
        var unchanged = await service.Do(new GetWorkspace.Query(await tenant.OwnerAsync(), mine.Id));
        unchanged.Value.Name.Should().Be("Mine");
    }

    [Fact]
    public async Task Sixteen_racing_for_one_slug_give_one_winner()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var workspaces = new List<WorkspaceObject>();
        for (var n = 0; n < 16; n++)
        {
            workspaces.Add(await tenant.NewWorkspaceAsync());
        }

        var codes = await service.Race(
            workspaces.Select(w => new UpdateWorkspace.Command(owner, w.Id, new() { Slug = "the-slug" })));

        codes.Count(code => code is null).Should().Be(1);
        codes.Where(code => code is not null).Should().OnlyContain(code => code == "slug_taken");
    }

    [Fact]
    public async Task The_seat_limit_is_not_below_the_seats_taken()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await tenant.NewMemberOfAsync(workspace.Id);
        await InviteAsync(workspace, "pending", TimeSpan.FromDays(1));
        await InviteAsync(workspace, "pending", TimeSpan.FromDays(-1));
        await InviteAsync(workspace, "revoked", TimeSpan.FromDays(1));

        var refused = await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", new { seat_limit = 2 });

        var problem = await refused.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be("/seat_limit");
        var lowest = await (await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", new { seat_limit = 3 }))
            .Data();
        lowest.GetProperty("seat_limit").GetInt64().Should().Be(3);
    }

    [Fact]
    public async Task A_limit_that_is_lowered_while_members_are_added_is_never_passed()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var people = new List<Person>();
        for (var n = 0; n < 12; n++)
        {
            people.Add(await tenant.NewMemberAsync());
        }

        for (var round = 0; round < 4; round++)
        {
            var workspace = await tenant.NewWorkspaceAsync(seatLimit: 20);
            var adds = Task.Run(
                () => service.Race(people.Select(p => new AddMember.Command(owner, workspace.Id, p.Id, Roles.Member))));
            var lowers = Task.Run(() =>
                service.Race(Enumerable.Range(0, 4).Select(
                    _ => new UpdateWorkspace.Command(owner, workspace.Id, new() { SeatLimit = 6 }))));

            (await adds).Should().OnlyContain(code => code == null || code == "seat_limit_reached");
            (await lowers).Should().OnlyContain(code => code == null || code == "validation_failed");
            var after = (await service.Do(new GetWorkspace.Query(owner, workspace.Id))).Value;
            after.MemberCount.Should().BeLessThanOrEqualTo(after.SeatLimit!.Value);
            after.MemberCount.Should().Be(1 + (await adds).Count(code => code is null));
        }
    }

    [Theory]
    [InlineData("""{"name": ""}""", "/name")]
    [InlineData("""{"name": null}""", "/name")]
    [InlineData("""{"name": 7}""", "/name")]
    [InlineData("""{"slug": "Not A Slug"}""", "/slug")]
    [InlineData("""{"slug": null}""", "/slug")]
    [InlineData("""{"type": "secret"}""", "/type")]
    [InlineData("""{"type": null}""", "/type")]
    [InlineData("""{"status": "deleted"}""", "/status")]
    [InlineData("""{"status": null}""", "/status")]
    [InlineData("""{"seat_limit": 0}""", "/seat_limit")]
    [InlineData("""{"seat_limit": 1.5}""", "/seat_limit")]
    [InlineData("""{"seat_limit": "9"}""", "/seat_limit")]
    [InlineData("""{"settings": []}""", "/settings")]
    [InlineData("""{"settings": {"default_currency": "usd"}}""", "/settings/default_currency")]
    [InlineData("""{"settings": {"require_task_service_line": "no"}}""", "/settings/require_task_service_line")]
    [InlineData("""{"organization_id": "ORG-26-000001"}""", "/organization_id")]
    public async Task What_is_wrong_is_said_with_a_pointer(string patch, string pointer)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var response = await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", patch);

        var problem = await response.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString())
            .Should().Equal(pointer);
    }

    [Theory]
    [InlineData("""{"settings": {"default_currency": "usd"}}""", "wrong_form")]
    [InlineData("""{"settings": {"require_task_service_line": "no"}}""", "wrong_type")]
    public async Task What_is_wrong_in_the_settings_has_a_code(string patch, string code)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var problem = await (await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", patch))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");

        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("code").GetString())
            .Should().Equal(code);
    }

    [Fact]
    public async Task Names_have_120_characters_and_descriptions_2000_at_most()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var fits = await tenant.Client.PatchJson(
            $"/v1/workspaces/{workspace.Id}", new { name = new string('x', 120), description = new string('y', 2000) });
        var refused = await tenant.Client.PatchJson(
            $"/v1/workspaces/{workspace.Id}", new { name = new string('x', 121), description = new string('y', 2001) });

        fits.StatusCode.Should().Be(HttpStatusCode.OK);
        var problem = await refused.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString())
            .Should().Equal("/name", "/description");
    }

    [Theory]
    [InlineData(Roles.Admin, null)]
    [InlineData(Roles.Member, "forbidden")]
    [InlineData(Roles.Viewer, "forbidden")]
    [InlineData(Roles.Guest, "forbidden")]
    public async Task Admins_of_the_workspace_change_it(string role, string? code)
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id, role, Roles.Member);

        var outcome = await service.Send(new UpdateWorkspace.Command(
            await person.CallerAsync(), workspace.Id, new() { Name = "New" }));

        outcome.Match(_ => (string?)null, fault => fault.Code).Should().Be(code);
    }

    [Fact]
    public async Task Who_does_not_see_the_workspace_does_not_find_it()
    {
        var tenant = await service.NewTenantAsync();
        var hidden = await tenant.NewWorkspaceAsync();
        var seen = await tenant.NewWorkspaceAsync(type: "closed");
        var person = await tenant.NewMemberAsync();
        var stranger = await service.NewTenantAsync();

        (await service.Refused(new UpdateWorkspace.Command(
            await person.CallerAsync(), hidden.Id, new() { Name = "New" }))).Code.Should().Be("not_found");
        (await service.Refused(new UpdateWorkspace.Command(
            await person.CallerAsync(), seen.Id, new() { Name = "New" }))).Code.Should().Be("forbidden");
        (await service.Refused(new UpdateWorkspace.Command(
            await stranger.OwnerAsync(), seen.Id, new() { Name = "New" }))).Code.Should().Be("not_found");
        await (await stranger.Client.PatchJson($"/v1/workspaces/{seen.Id}", new { name = "" }))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_service_key_needs_write()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var reader = await service.CallerAsync(await tenant.ServiceKeyAsync(
            "secret", null, Permissions.Read, Permissions.MembersManage));
        var publishable = await service.CallerAsync(await tenant.ServiceKeyAsync("publishable"));
        var narrowed = await service.CallerAsync(await tenant.ServiceKeyAsync(
            "secret", workspace.Id, Permissions.Write));

        (await service.Refused(new UpdateWorkspace.Command(reader, workspace.Id, new() { Name = "New" }))).Code
            .Should().Be("forbidden");
        (await service.Refused(new UpdateWorkspace.Command(publishable, workspace.Id, new() { Name = "New" }))).Code
            .Should().Be("forbidden");
        (await service.Do(new UpdateWorkspace.Command(narrowed, workspace.Id, new() { Name = "New" }))).Value.Name
            .Should().Be("New");
    }

    [Fact]
    public async Task A_stale_version_changes_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var seen = (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}")).Headers.ETag!.ToString();

        (await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", new { name = "First" }, ("If-Match", seen)))
            .StatusCode.Should().Be(HttpStatusCode.OK);
        var second = await tenant.Client.PatchJson(
            $"/v1/workspaces/{workspace.Id}", new { name = "Second" }, ("If-Match", seen));

        await second.ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
        (await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}")).Data()).GetProperty("name").GetString()
            .Should().Be("First");
    }

    [Fact]
    public async Task Status_archived_archives_and_status_active_restores()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var url = $"/v1/workspaces/{workspace.Id}";

        (await (await tenant.Client.PatchJson(url, new { status = "archived", name = "Last" })).Data())
            .GetProperty("status").GetString().Should().Be("archived");
        await (await tenant.Client.PatchJson(url, new { status = "archived" }))
            .ShouldBeProblem(HttpStatusCode.Conflict, "workspace_archived");
        await (await tenant.Client.PatchJson(url, new { name = "New" }))
            .ShouldBeProblem(HttpStatusCode.Conflict, "workspace_archived");
        (await (await tenant.Client.PatchJson(url, new { status = "active", name = "Again" })).Data())
            .GetProperty("status").GetString().Should().Be("active");
        await (await tenant.Client.PatchJson(url, new { status = "active" }))
            .ShouldBeProblem(HttpStatusCode.Conflict, "not_archived");

        (await service.EventsAsync(workspace.Id)).Select(e => e.Type).Should().Equal(
            "workspace.created", "workspace.updated", "workspace.archived", "workspace.restored", "workspace.updated");
    }

    [Fact]
    public async Task Lines_that_run_stand_in_the_way_of_status_archived_and_nothing_of_the_patch_is_done()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Old");
        var line = await service.NewLineAsync(workspace, "active");

        var response = await tenant.Client.PatchJson(
            $"/v1/workspaces/{workspace.Id}", new { name = "New", status = "archived" });

        var problem = await response.ShouldBeProblem(HttpStatusCode.Conflict, "active_service_lines");
        problem.GetProperty("service_lines").EnumerateArray().Select(l => l.GetString()).Should().Equal(line);
        (await service.Do(new GetWorkspace.Query(await tenant.OwnerAsync(), workspace.Id))).Value.Name
            .Should().Be("Old");
        (await service.EventsAsync(workspace.Id)).Select(e => e.Type).Should().Equal("workspace.created");
    }

    [Fact]
    public async Task A_workspace_that_is_no_longer_private_is_seen_by_the_organizations_members()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();

        await service.Do(new UpdateWorkspace.Command(
            await tenant.OwnerAsync(), workspace.Id, new() { Type = "closed" }));
        (await service.Do(new GetWorkspace.Query(await person.CallerAsync(), workspace.Id))).Value.Type
            .Should().Be("closed");
        await service.Do(new UpdateWorkspace.Command(
            await tenant.OwnerAsync(), workspace.Id, new() { Type = "private" }));

        (await service.Refused(new GetWorkspace.Query(await person.CallerAsync(), workspace.Id))).Code
            .Should().Be("not_found");
    }

    private Task InviteAsync(WorkspaceObject workspace, string status, TimeSpan left) => service.ArrangeAsync(
        """
        INSERT INTO invitations (id, code, workspace_id, email, email_key, role, status, token_hash, invited_by,
                                 expires_at, version, created_at, updated_at)
        SELECT (SELECT COALESCE(MAX(id), 0) + 1 FROM invitations), @Token, w.id, @Token, @Token, 'member', @Status,
               @Token, w.owner_id, @ExpiresAt, 1, 0, 0
        FROM workspaces w WHERE w.code = @Id
        """,
        new { workspace.Id, Status = status, Token = Guid.NewGuid().ToString(), ExpiresAt = service.Clock.Now + left });
}
