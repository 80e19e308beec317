using System.Net;
using System.Text;
using WorkspaceService.Features.Members;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Workspaces;

[Collection("Clock")]
public sealed class ArchiveWorkspaceTests(ServiceFixture service)
{
    [Fact]
    public async Task An_archived_workspace_can_be_read_and_nothing_else_happens_in_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberAsync();
        service.Clock.Advance(TimeSpan.FromMinutes(5));

        var archived = await (await tenant.Client.PostAsync($"/v1/workspaces/{workspace.Id}/archive", null)).Data();

        archived.GetProperty("status").GetString().Should().Be("archived");
        archived.GetProperty("updated_at").GetDateTimeOffset().Should().BeAfter(workspace.UpdatedAt);
        var read = await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}")).Data();
        read.GetRawText().Should().Be(archived.GetRawText());
        var owner = await tenant.OwnerAsync();
        (await service.Refused(new ArchiveWorkspace.Command(owner, workspace.Id))).Code
            .Should().Be("workspace_archived");
        (await service.Refused(new ArchiveWorkspace.Command(owner, workspace.Id, Force: true))).Code
            .Should().Be("workspace_archived");
        (await service.Refused(new AddMember.Command(owner, workspace.Id, person.Id, Roles.Member))).Code
            .Should().Be("workspace_archived");
    }

    [Fact]
    public async Task It_appends_one_event()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        await service.Do(new ArchiveWorkspace.Command(await tenant.OwnerAsync(), workspace.Id));

        var archived = (await service.EventsAsync(workspace.Id)).Where(e => e.Type != "workspace.created")
            .Should().ContainSingle().Subject;
        archived.Type.Should().Be("workspace.archived");
        archived.Actor.Id.Should().Be(tenant.Owner.Id);
        archived.Subject.Id.Should().Be(workspace.Id);
        archived.Changes.Text.Should().Be("""{"status":["active","archived"]}""");
    }

    [Fact]
    public async Task Active_and_paused_lines_stand_in_the_way_and_are_listed()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var other = await tenant.NewWorkspaceAsync();
        await service.NewLineAsync(other, "active");
        await service.NewLineAsync(workspace, "draft");
        var paused = await service.NewLineAsync(workspace, "paused");
        var active = await service.NewLineAsync(workspace, "active");
        await service.NewLineAsync(workspace, "closed");
        await service.NewLineAsync(workspace, "terminated");

        var response = await tenant.Client.PostJson($"/v1/workspaces/{workspace.Id}/archive", new { force = false });

        var problem = await response.ShouldBeProblem(HttpStatusCode.Conflict, "active_service_lines");
        problem.GetProperty("service_lines").EnumerateArray().Select(l => l.GetString()).Should().Equal(paused, active);
        (await service.LineStatusesAsync(workspace.Id))
            .Should().Equal("draft", "paused", "active", "closed", "terminated");
        var read = await (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}")).Data();
        read.GetProperty("status").GetString().Should().Be("active");
    }

    [Fact]
    public async Task Lines_that_do_not_run_stand_in_nobodys_way()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await service.NewLineAsync(workspace, "draft");
        await service.NewLineAsync(workspace, "closed");
        await service.NewLineAsync(workspace, "terminated");

        var archived = await service.Do(new ArchiveWorkspace.Command(await tenant.OwnerAsync(), workspace.Id));

        archived.Value.Status.Should().Be("archived");
        (await service.LineStatusesAsync(workspace.Id)).Should().Equal("draft", "closed", "terminated");
    }

    [Fact]
    public async Task Force_closes_the_lines_first_with_an_event_each_and_the_counts_stay_true()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var other = await tenant.NewWorkspaceAsync();
        await service.NewLineAsync(other, "active");
        await service.NewLineAsync(workspace, "draft");
        var paused = await service.NewLineAsync(workspace, "paused");
        var active = await service.NewLineAsync(workspace, "active");

        var archived =
            await (await tenant.Client.PostJson($"/v1/workspaces/{workspace.Id}/archive", new { force = true })).Data();

        archived.GetProperty("status").GetString().Should().Be("archived");
        archived.GetProperty("active_service_lines").GetInt64().Should().Be(0);
        (await service.LineStatusesAsync(workspace.Id)).Should().Equal("draft", "closed", "closed");
        (await service.LineStatusesAsync(other.Id)).Should().Equal("active");
        (await service.ActiveLinesAsync(tenant.Id)).Should().Be(1);
        var events = (await service.EventsAsync(workspace.Id)).Where(e => e.Type != "workspace.created").ToList();
        events.Select(e => (e.Type, e.Subject.Id)).Should().Equal(
            ("service_line.closed", paused), ("service_line.closed", active), ("workspace.archived", workspace.Id));
        events[0].Changes.Text.Should().Be("""{"status":["paused","closed"]}""");
        events[1].Changes.Text.Should().Be("""{"status":["active","closed"]}""");
    }

    [Fact]
    public async Task Force_takes_an_owner_or_admin_of_the_organization()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await service.NewLineAsync(workspace, "active");
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var additive = await service.NewTenantAsync(ceiling: false);
        var theirs = await additive.NewWorkspaceAsync();
        await service.NewLineAsync(theirs, "active");
        var workspaceAdmin = await additive.NewMemberOfAsync(theirs.Id, Roles.Admin, Roles.Member);

        (await service.Refused(new ArchiveWorkspace.Command(
            await workspaceAdmin.CallerAsync(), theirs.Id, Force: true))).Code.Should().Be("forbidden");
        (await service.Refused(new ArchiveWorkspace.Command(await workspaceAdmin.CallerAsync(), theirs.Id))).Code
            .Should().Be("active_service_lines");
        (await service.Do(new ArchiveWorkspace.Command(await admin.CallerAsync(), workspace.Id, Force: true)))
            .Value.Status.Should().Be("archived");
    }

    [Theory]
    [InlineData(Roles.Admin, null)]
    [InlineData(Roles.Member, "forbidden")]
    [InlineData(Roles.Viewer, "forbidden")]
    [InlineData(Roles.Guest, "forbidden")]
    public async Task Admins_of_the_workspace_archive_it(string role, string? code)
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var workspace = await tenant.NewWorkspaceAsync();
        var person = await tenant.NewMemberOfAsync(workspace.Id, role, Roles.Member);

        var outcome = await service.Send(new ArchiveWorkspace.Command(await person.CallerAsync(), workspace.Id));

        outcome.Match(_ => (string?)null, fault => fault.Code).Should().Be(code);
    }

    [Fact]
    public async Task Who_does_not_see_the_workspace_does_not_find_it()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var outsider = await tenant.NewMemberAsync();
        var stranger = await service.NewTenantAsync();

        (await service.Refused(new ArchiveWorkspace.Command(await outsider.CallerAsync(), workspace.Id))).Code
            .Should().Be("not_found");
        (await service.Refused(new ArchiveWorkspace.Command(await stranger.OwnerAsync(), workspace.Id))).Code
            .Should().Be("not_found");
        var unread = await stranger.Client.PostJson(
            $"/v1/workspaces/{workspace.Id}/archive", "{\"force\": \"perhaps\"}");
        await unread.ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_service_key_needs_write()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var reader = await tenant.ServiceKeyAsync("secret", null, Permissions.Read);
        var publishable = await tenant.ServiceKeyAsync("publishable");
        var narrowed = await tenant.ServiceKeyAsync("secret", workspace.Id, Permissions.Read, Permissions.Write);

        foreach (var key in new[] { reader, publishable })
        {
            await (await service.Client(key).PostAsync($"/v1/workspaces/{workspace.Id}/archive", null))
                .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        }

        (await service.Refused(new ArchiveWorkspace.Command(
            await service.CallerAsync(narrowed), workspace.Id, Force: true))).Code.Should().Be("forbidden");
        (await service.Do(new ArchiveWorkspace.Command(await service.CallerAsync(narrowed), workspace.Id))).Value.Status
            .Should().Be("archived");
    }

    [Fact]
    public async Task In_a_suspended_organization_only_root_archives()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await service.ArrangeAsync("UPDATE organizations SET status = 'suspended' WHERE code = @Id", new { tenant.Id });

        (await service.Refused(new ArchiveWorkspace.Command(await tenant.OwnerAsync(), workspace.Id))).Code
            .Should().Be("organization_suspended");
        (await service.Do(new ArchiveWorkspace.Command(ServiceFixture.RootCaller, workspace.Id))).Value.Status
            .Should().Be("archived");
    }

    [Fact]
    public async Task A_stale_version_changes_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var seen = (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}")).Headers.ETag!.ToString();
        await tenant.Client.PatchJson($"/v1/workspaces/{workspace.Id}", new { name = "Changed meanwhile" });

        var stale = await tenant.Client.PostJson($"/v1/workspaces/{workspace.Id}/archive", new { }, ("If-Match", seen));
        await stale.ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");

        var current = (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}")).Headers.ETag!.ToString();
        var archived = await tenant.Client.PostJson(
            $"/v1/workspaces/{workspace.Id}/archive", new { }, ("If-Match", current));
        (await archived.Data()).GetProperty("status").GetString().Should().Be("archived");
        archived.Headers.ETag!.ToString().Should().NotBe(current);
    }

    [Fact]
    public async Task A_retry_with_the_same_idempotency_key_is_answered_as_before()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var first = await tenant.Client.PostJson(
            $"/v1/workspaces/{workspace.Id}/archive", new { }, ("Idempotency-Key", "archive-it"));
        var second = await tenant.Client.PostJson(
            $"/v1/workspaces/{workspace.Id}/archive", new { }, ("Idempotency-Key", "archive-it"));

        (await second.Data()).GetRawText().Should().Be((await first.Data()).GetRawText());
        second.Headers.GetValues("Idempotency-Replayed").Should().Equal("true");
    }

    [Theory]
    [InlineData("{\"force\": \"yes\"}", HttpStatusCode.UnprocessableEntity, "validation_failed")]
    [InlineData("{\"why\": \"because\"}", HttpStatusCode.UnprocessableEntity, "validation_failed")]
    [InlineData("{\"force\":", HttpStatusCode.BadRequest, "malformed_json")]
    public async Task A_wrong_body_is_refused(string body, HttpStatusCode status, string code)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        await (await tenant.Client.PostJson($"/v1/workspaces/{workspace.Id}/archive", body))
            .ShouldBeProblem(status, code);
    }

    [Fact]
    public async Task An_empty_body_of_json_is_no_body()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var content = new StringContent("", Encoding.UTF8, "application/json");
        var response = await tenant.Client.PostAsync($"/v1/workspaces/{workspace.Id}/archive", content);

        (await response.Data()).GetProperty("status").GetString().Should().Be("archived");
    }

    [Fact]
    public async Task Sixteen_who_archive_at_once_give_one_winner()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var owner = await tenant.OwnerAsync();

        var codes = await service.Race(
            Enumerable.Range(0, 16).Select(_ => new ArchiveWorkspace.Command(owner, workspace.Id)));

        codes.Count(code => code is null).Should().Be(1);
        codes.Where(code => code is not null).Should().OnlyContain(code => code == "workspace_archived");
    }

    [Fact]
    public async Task A_line_activated_at_the_same_moment_is_never_active_in_an_archived_workspace()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        for (var round = 0; round < 8; round++)
        {
            var workspace = await tenant.NewWorkspaceAsync();
            var lines = new List<string>();
            for (var n = 0; n < 4; n++)
            {
                lines.Add(await service.NewLineAsync(workspace, "draft"));
            }

            var activations = lines.Select(line => Task.Run(() => ActivateAsync(owner, workspace, line))).ToList();
            var archive = Task.Run(() => service.Next.Send(new ArchiveWorkspace.Command(owner, workspace.Id)));
            await Task.WhenAll([.. activations, archive]);

            var active = (await service.LineStatusesAsync(workspace.Id)).Count(status => status == "active");
            var isArchived = (await archive).Match(
                _ => true,
                fault =>
                    fault.Code == "active_service_lines" ? false : throw new InvalidOperationException(fault.Code));
            isArchived.Should().Be(active == 0);
        }

    }

    // What an activation does to the rows that an archive looks at.
    private Task<Outcome<Done>> ActivateAsync(Caller caller, WorkspaceObject workspace, string line) =>
        service.Db.TransactAsync<Done>(caller, async session =>
        {
            var found = await WorkspaceAuthorization.FindAsync(
                session, workspace.Id, Need.Manage(Permissions.ServiceLinesManage));
            if (!found.Succeeded(out _, out var fault))
            {
                return fault;
            }

            await session.ExecuteAsync("UPDATE service_lines SET status = 'active' WHERE code = @line", new { line });
            await session.CountAsync(workspace, 1);
            return Done.It;
        });
}
