using System.Net;
using MediatR;
using WorkspaceService.Features.Access;
using WorkspaceService.Features.Members;
using WorkspaceService.Features.Metering;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Workspaces;

[Collection("Workspaces")]
public sealed class DeleteWorkspaceTests(ServiceFixture service)
{
    [Fact]
    public async Task A_deleted_workspace_is_gone_and_its_slug_is_free()
    {
        var tenant = await service.NewTenantAsync(new PlanLimits(1, null, null));
        var workspace = await tenant.NewWorkspaceAsync("The one");

        var response = await tenant.Client.DeleteAsync($"/v1/workspaces/{workspace.Id}");

        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await response.Content.ReadAsStringAsync()).Should().BeEmpty();
        foreach (var client in new[] { tenant.Client, service.Root })
        {
            await (await client.GetAsync($"/v1/workspaces/{workspace.Id}"))
                .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }

        await (await tenant.Client.DeleteAsync($"/v1/workspaces/{workspace.Id}"))
            .ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        var next = await tenant.NewWorkspaceAsync("The one");
        next.Slug.Should().Be(workspace.Slug);
        next.Id.Should().NotBe(workspace.Id);
    }

    [Fact]
    public async Task Whoever_reads_it_meanwhile_finds_it_or_not()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        for (var round = 0; round < 40; round++)
        {
            var workspace = (await tenant.NewWorkspaceAsync()).Id;
            Func<Task<string?>>[] reads =
            [
                () => ReadAsync(new GetWorkspace.Query(owner, workspace)),
                () => ReadAsync(new ShowOwnWorkspace.Query(owner, workspace)),
                () => ReadAsync(new ShowSeats.Query(owner, workspace)),
                () => ReadAsync(new ShowDailyCost.Query(owner, workspace)),
            ];
            var readers = reads.Select(read => Task.Run(async () =>
            {
                string? code;
                do
                {
                    code = await read();
                }
                while (code is null);
                return code;
            })).ToList();

            await service.Do(new DeleteWorkspace.Command(owner, workspace));

            (await Task.WhenAll(readers)).Should().OnlyContain(code => code == "not_found");
        }

        Task<string?> ReadAsync<T>(IRequest<Outcome<T>> query) => ServiceFixture.Try(query)(service);
    }

    [Fact]
    public async Task Nothing_that_was_in_it_is_left_but_its_events()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync("Leaving", "closed");
        var kept = await tenant.NewWorkspaceAsync();
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        await service.Do(new AddMember.Command(await tenant.OwnerAsync(), kept.Id, member.Id, Roles.Member));
        await service.NewLineAsync(workspace, "draft");
        await service.ArrangeAsync(
            """
            INSERT INTO invitations (id, code, workspace_id, email, email_key, role, status, token_hash, invited_by,
                                     expires_at, version, created_at, updated_at)
            SELECT w.id, 'INV-' || w.code, w.id, 'x@example.com', 'x@example.com', 'member', 'pending',
                   'hash ' || w.code, w.owner_id, 0, 1, 0, 0
            FROM workspaces w WHERE w.code = @Id
            """,
            new { workspace.Id });
        await service.ArrangeAsync(
            """
            INSERT INTO join_requests (id, code, workspace_id, user_id, status, version, created_at, updated_at)
            SELECT w.id, 'JRQ-' || w.code, w.id, w.owner_id, 'pending', 1, 0, 0 FROM workspaces w WHERE w.code = @Id
            """,
            new { workspace.Id });
        var number = (await service.ReadAsync<long>("SELECT id FROM workspaces WHERE code = @Id", new { workspace.Id }))
            .Single();

        await service.Do(new DeleteWorkspace.Command(await tenant.OwnerAsync(), workspace.Id));

        foreach (var table in new[] { "members", "invitations", "join_requests", "service_lines" })
        {
            (await service.ReadAsync<long>(
                $"SELECT COUNT(*) FROM {table} WHERE workspace_id = @number", new { number }))
                .Should().Equal([0L], table);
        }

        (await service.Do(new GetMember.Query(await tenant.OwnerAsync(), kept.Id, member.Id))).Value.Role
            .Should().Be(Roles.Member);
        (await service.ReadAsync<long>("SELECT workspace_count FROM organizations WHERE code = @Id", new { tenant.Id }))
            .Should().Equal(1);
        var events = await service.EventsAsync(workspace.Id);
        events.Select(e => e.Type).Should().Equal("workspace.created", "member.added", "workspace.deleted");
        events[^1].Changes.Text.Should()
            .Be("""{"name":["Leaving",null],"slug":["leaving",null],"type":["closed",null]}""");
    }

    [Fact]
    public async Task Keys_narrowed_to_it_die_with_the_next_request()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var kept = await tenant.NewWorkspaceAsync();
        var narrowed = await tenant.ServiceKeyAsync("secret", workspace.Id);
        var elsewhere = await tenant.ServiceKeyAsync("secret", kept.Id);
        var ofOrganization = await tenant.ServiceKeyAsync();
        (await service.Client(narrowed).GetAsync($"/v1/workspaces/{workspace.Id}")).StatusCode
            .Should().Be(HttpStatusCode.OK);

        await service.Do(new DeleteWorkspace.Command(await tenant.OwnerAsync(), workspace.Id));

        await (await service.Client(narrowed).GetAsync($"/v1/workspaces/{workspace.Id}"))
            .ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        (await service.Client(elsewhere).GetAsync($"/v1/workspaces/{kept.Id}")).StatusCode
            .Should().Be(HttpStatusCode.OK);
        (await service.Client(ofOrganization).GetAsync($"/v1/workspaces/{kept.Id}")).StatusCode
            .Should().Be(HttpStatusCode.OK);
        var revoked = (await service.EventsAsync(workspace.Id)).Where(e => e.Type == "api_key.revoked")
            .Should().ContainSingle().Subject;
        revoked.Subject.Kind.Should().Be("api_key");
        revoked.OrganizationId.Should().Be(tenant.Id);
    }

    [Fact]
    public async Task Lines_that_run_stand_in_the_way_unless_it_is_forced()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var active = await service.NewLineAsync(workspace, "active");
        var paused = await service.NewLineAsync(workspace, "paused");

        foreach (var query in new[] { "", "?force=false" })
        {
            var refused = await tenant.Client.DeleteAsync($"/v1/workspaces/{workspace.Id}{query}");
            var problem = await refused.ShouldBeProblem(HttpStatusCode.Conflict, "active_service_lines");
            problem.GetProperty("service_lines").EnumerateArray().Select(l => l.GetString())
                .Should().Equal(active, paused);
        }

        (await tenant.Client.DeleteAsync($"/v1/workspaces/{workspace.Id}?force=true")).StatusCode
            .Should().Be(HttpStatusCode.NoContent);
        (await service.ActiveLinesAsync(tenant.Id)).Should().Be(0);
        (await service.EventsAsync(workspace.Id)).Select(e => e.Type).Should().Equal(
            "workspace.created", "service_line.closed", "service_line.closed", "workspace.deleted");
    }

    [Fact]
    public async Task An_archived_workspace_can_be_deleted()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await service.Do(new ArchiveWorkspace.Command(await tenant.OwnerAsync(), workspace.Id));

        var last = await service.Do(new DeleteWorkspace.Command(await tenant.OwnerAsync(), workspace.Id));

        last.Status.Should().Be("archived");
    }

    [Fact]
    public async Task Only_owner_and_admins_of_the_organization_delete()
    {
        var tenant = await service.NewTenantAsync(ceiling: false);
        var workspace = await tenant.NewWorkspaceAsync();
        var workspaceAdmin = await tenant.NewMemberOfAsync(workspace.Id, Roles.Admin, Roles.Member);
        var member = await tenant.NewMemberOfAsync(workspace.Id);
        var outsider = await tenant.NewMemberAsync();
        var stranger = await service.NewTenantAsync();
        var admin = await tenant.NewMemberAsync(Roles.Admin);
        var narrowed = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", workspace.Id));
        var reader = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, Permissions.Read));

        async Task<string?> Code(Caller caller) =>
            (await service.Send(new DeleteWorkspace.Command(caller, workspace.Id)))
                .Match(_ => (string?)null, f => f.Code);
        (await Code(await workspaceAdmin.CallerAsync())).Should().Be("forbidden");
        (await Code(await member.CallerAsync())).Should().Be("forbidden");
        (await Code(narrowed)).Should().Be("forbidden");
        (await Code(reader)).Should().Be("forbidden");
        (await Code(await outsider.CallerAsync())).Should().Be("not_found");
        (await Code(await stranger.OwnerAsync())).Should().Be("not_found");
        (await Code(await admin.CallerAsync())).Should().BeNull();
    }

    [Fact]
    public async Task A_service_key_of_the_organization_deletes_with_write()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        var writer = await service.CallerAsync(await tenant.ServiceKeyAsync("secret", null, Permissions.Write));

        (await service.Do(new DeleteWorkspace.Command(writer, workspace.Id))).Id.Should().Be(workspace.Id);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("2")]
    public async Task A_force_that_is_neither_true_nor_false_is_refused(string force)
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var response = await tenant.Client.DeleteAsync($"/v1/workspaces/{workspace.Id}?force={force}");

        var problem = await response.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");
        problem.GetProperty("parameter").GetString().Should().Be("force");
    }

    [Fact]
    public async Task A_stale_version_deletes_nothing()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();

        var stale = await tenant.Client.SendJson(
            HttpMethod.Delete, $"/v1/workspaces/{workspace.Id}", null, ("If-Match", "\"7-x\""));

        await stale.ShouldBeProblem(HttpStatusCode.PreconditionFailed, "precondition_failed");
        (await tenant.Client.GetAsync($"/v1/workspaces/{workspace.Id}")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Members_added_while_it_is_deleted_are_in_or_find_nothing_and_none_is_left_behind()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        var people = new List<Person>();
        for (var n = 0; n < 8; n++)
        {
            people.Add(await tenant.NewMemberAsync());
        }

        for (var round = 0; round < 4; round++)
        {
            var workspace = await tenant.NewWorkspaceAsync();
            var adds = Task.Run(
                () => service.Race(people.Select(p => new AddMember.Command(owner, workspace.Id, p.Id, Roles.Member))));
            var deletes = Task.Run(() =>
                service.Race(Enumerable.Range(0, 4).Select(_ => new DeleteWorkspace.Command(owner, workspace.Id))));

            (await adds).Should().OnlyContain(code => code == null || code == "not_found");
            (await deletes).Count(code => code is null).Should().Be(1);
            (await deletes).Where(code => code is not null).Should().OnlyContain(code => code == "not_found");
        }

        (await service.ReadAsync<long>("SELECT workspace_count FROM organizations WHERE code = @Id", new { tenant.Id }))
            .Should().Equal(0);
        (await service.ReadAsync<long>(
            "SELECT COUNT(*) FROM members WHERE workspace_id NOT IN (SELECT id FROM workspaces)")).Should().Equal(0);
    }
}
