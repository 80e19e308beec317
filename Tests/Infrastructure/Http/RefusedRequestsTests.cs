using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WorkspaceService.Features.ApiKeys;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>What was refused is in the log of the organization that it was about, and in no other.</summary>
public sealed class RefusedRequestsTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Refusal = "organization_code || ' ' || action || ' ' || fault || ' ' || actor_id";

    [Fact]
    public async Task Each_kind_of_refusal_is_logged_with_operation_and_code()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = (await tenant.NewWorkspaceAsync()).Id;
        var member = await tenant.NewMemberOfAsync(workspace);

        await tenant.Client.PostJson(
            $"/v1/workspaces/{workspace}/members", new { user_id = member.Id, role = "member" });
        await member.Client.PatchJson($"/v1/workspaces/{workspace}", new { name = "Other" });
        await tenant.Client.SendJson(
            HttpMethod.Patch, $"/v1/workspaces/{workspace}", new { name = "Other" }, ("If-Match", "\"9999\""));
        await tenant.Client.PatchJson($"/v1/workspaces/{workspace}", new { name = "" });
        await tenant.Client.PatchJson($"/v1/workspaces/{workspace}", new { name = 7 });
        await member.Client.GetAsync($"/v1/events?organization_id={tenant.Id}");
        await service.WaitForRefusalsAsync(tenant.Id, 6);

        (await LoggedAsync(tenant)).Should().BeEquivalentTo(
            $"{tenant.Id} AddMember already_member {tenant.Owner.Id}",
            $"{tenant.Id} UpdateWorkspace forbidden {member.Id}",
            $"{tenant.Id} UpdateWorkspace precondition_failed {tenant.Owner.Id}",
            $"{tenant.Id} UpdateWorkspace validation_failed {tenant.Owner.Id}",
            $"{tenant.Id} UpdateWorkspace validation_failed {tenant.Owner.Id}",
            $"{tenant.Id} ListEvents forbidden {member.Id}");
    }

    [Fact]
    public async Task Every_surface_is_logged()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = (await tenant.NewWorkspaceAsync()).Id;
        var member = await tenant.NewMemberOfAsync(workspace);
        var number = Codes.NumberOf(workspace);

        (await member.Client.PutJson($"/v1/workspace/{number}", new { name = "Other" }))
            .StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await member.Client.PutJson("/api/v4/workspaces", new { workspace = new { name = "Other" } }))
            .StatusCode.Should().Be(HttpStatusCode.Forbidden);
        await service.WaitForRefusalsAsync(tenant.Id, 2);

        (await service.ReadAsync<string>(
            "SELECT action || ' ' || workspace_code || ' ' || subject_id FROM refusals WHERE organization_code = @Id",
            new { tenant.Id })).Should().BeEquivalentTo(
                $"tape.UpdateWorkspace {workspace} {workspace}", $"v4.UpdateOwnWorkspace {workspace} {workspace}");
    }

    [Fact]
    public async Task A_strangers_guess_is_logged_nowhere()
    {
        var (tenant, stranger) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var workspace = (await tenant.NewWorkspaceAsync()).Id;
        var client = stranger.Client;

        await client.PatchJson($"/v1/workspaces/{workspace}", new { name = "Mine" });
        await client.PatchJson($"/v1/workspaces/{workspace}", new { name = "" });
        await client.PatchJson($"/v1/orgs/{tenant.Id}", new { name = 7 });
        await client.PostJson("/v1/workspaces", new { organization_id = tenant.Id, name = "" });
        await client.PostJson("/v1/service-lines", new { workspace_id = workspace });
        await client.PostJson(
            $"/v1/workspaces/{workspace}/join", new { }, ("Idempotency-Key", "x"));
        await client.GetAsync($"/v1/events?organization_id={tenant.Id}");
        await client.PostJson("/v1/workspaces", new { organization_id = stranger.Id, name = "" });
        await service.WaitForRefusalsAsync(stranger.Id, 1);

        (await LoggedAsync(tenant)).Should().BeEmpty();
        (await LoggedAsync(stranger)).Should().Equal(
            $"{stranger.Id} CreateWorkspace validation_failed {stranger.Owner.Id}");
    }

    [Fact]
    public async Task What_is_named_in_the_body_alone_is_found()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = (await tenant.NewWorkspaceAsync()).Id;

        await service.Root.PostJson(
            "/v1/workspaces", new { organization_id = tenant.Id, name = "A", slug = "Bad Slug" });
        await tenant.Client.PostJson("/v1/service-lines", new { workspace_id = workspace });
        await tenant.Client.PostJson("/v1/service-lines", new { workspace_id = workspace, name = 7 });
        await service.Root.GetAsync($"/v1/can-use-site?workspace_id={workspace}%00");
        await service.WaitForRefusalsAsync(tenant.Id, 2);

        (await LoggedAsync(tenant)).Should().BeEquivalentTo(
            $"{tenant.Id} CreateWorkspace validation_failed root",
            $"{tenant.Id} CreateServiceLine validation_failed {tenant.Owner.Id}");
    }

    [Fact]
    public async Task The_use_of_a_dead_key_of_the_organization_is_logged()
    {
        var tenant = await service.NewTenantAsync();
        var expiring = (await service.Do(new CreateApiKey.Command(
            await tenant.OwnerAsync(), "Key", "secret", tenant.Id, ExpiresAt: service.Clock.Now.AddMinutes(5)))).Value;
        var revoked = (await service.Do(new CreateApiKey.Command(
            await tenant.OwnerAsync(), "Key", "secret", tenant.Id))).Value;
        await service.Do(new RevokeApiKey.Command(await tenant.OwnerAsync(), revoked.Id));
        service.Clock.Advance(TimeSpan.FromMinutes(6));

        foreach (var key in new[] { expiring, revoked })
        {
            (await service.Client(key.Key).GetAsync("/v1/workspaces")).StatusCode
                .Should().Be(HttpStatusCode.Unauthorized);
        }

        await service.Client("secret_key_unknown").GetAsync("/v1/workspaces");
        await service.WaitForRefusalsAsync(tenant.Id, 2);

        (await service.ReadAsync<string>(
            $"SELECT {Refusal} || ' ' || subject_id FROM refusals WHERE organization_code = @Id", new { tenant.Id }))
            .Should().BeEquivalentTo(
                $"{tenant.Id} ListWorkspaces unauthenticated {expiring.Id} {expiring.Id}",
                $"{tenant.Id} ListWorkspaces unauthenticated {revoked.Id} {revoked.Id}");
    }

    [Fact]
    public async Task A_refusal_about_a_user_is_logged_where_the_caller_administers_it()
    {
        var (tenant, managing) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var person = await managing.NewMemberAsync();
        await service.Do(new AddOrganizationMember.Command(ServiceFixture.RootCaller, tenant.Id, person.Id));
        var admin = await managing.NewMemberAsync(Roles.Admin);
        var key = await tenant.ServiceKeyAsync(permissions: Permissions.MembersManage);
        var path = $"/v1/users/{person.Id}";

        foreach (var client in new[] { tenant.Client, service.Client(key), admin.Client, person.Client })
        {
            await (await client.PatchJson(path, new { managed_by = tenant.Id }))
                .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        }

        await (await tenant.Client.PatchJson(path, new { status = "deactivated" }))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await service.Root.PatchJson(path, new { email = managing.Owner.Email }))
            .ShouldBeProblem(HttpStatusCode.Conflict, "email_taken");
        await service.WaitForRefusalsAsync(managing.Id, 3);

        (await LoggedAsync(managing)).Should().BeEquivalentTo(
            $"{managing.Id} UpdateUser forbidden {admin.Id}",
            $"{managing.Id} UpdateUser forbidden {person.Id}",
            $"{managing.Id} UpdateUser email_taken root");
        (await LoggedAsync(tenant)).Should().HaveCount(3)
            .And.Contain($"{tenant.Id} UpdateUser forbidden {tenant.Owner.Id}");
    }

    [Fact]
    public async Task A_refusal_about_a_webhook_has_it_and_its_workspace()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = (await tenant.NewWorkspaceAsync()).Id;
        var webhook = (await tenant.NewIdleWebhookAsync(workspace)).Id;
        var member = await tenant.NewMemberAsync();

        await (await member.Client.PatchJson($"/v1/webhooks/{webhook}", new { description = "Other" }))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await (await member.Client.GetAsync($"/v1/webhooks/{webhook}/deliveries/DLV-26-000001"))
            .ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        await service.WaitForRefusalsAsync(tenant.Id, 2);

        (await service.ReadAsync<string>(
            """
            SELECT action || ' ' || workspace_code || ' ' || subject_kind || ' ' || subject_id FROM refusals
            WHERE organization_code = @Id
            """,
            new { tenant.Id })).Should().BeEquivalentTo(
                $"UpdateWebhook {workspace} webhook {webhook}",
                $"GetWebhookDelivery {workspace} delivery DLV-26-000001");
    }

    [Fact]
    public async Task One_about_two_organizations_belongs_to_the_first()
    {
        var (tenant, other) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var workspace = (await other.NewWorkspaceAsync()).Id;

        await (await service.Root.PostJson("/v1/webhooks", new
        {
            organization_id = tenant.Id,
            workspace_id = workspace,
            url = "https://example.com/events",
            events = new[] { "*" },
        })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "validation_failed");
        await service.WaitForRefusalsAsync(tenant.Id, 1);

        (await service.ReadAsync<string>(
            "SELECT action || ' ' || COALESCE(workspace_code, 'none') FROM refusals WHERE organization_code = @Id",
            new { tenant.Id })).Should().Equal("CreateWebhook none");
        (await LoggedAsync(other)).Should().BeEmpty();
    }

    [Fact]
    public async Task One_that_fails_does_not_hold_up_the_others()
    {
        var tenant = await service.NewTenantAsync();
        var requests = new RefusedRequests(null!, NullLogger<RefusedRequests>.Instance);
        var caller = await tenant.OwnerAsync();
        var known = caller.ForRequest("r");
        known.AsksFor(tenant.Id);

        // Its organization would be looked up, without a database.
        requests.Add(caller.ForRequest("r"), "AddMember", "forbidden", service.Clock.Now, null);
        requests.Add(known, "UpdateMember", "forbidden", service.Clock.Now, null);
        var taken = new List<Refusal>();
        await requests.TakeAsync(taken, service.Clock.Now, CancellationToken.None);

        taken.Should().ContainSingle().Which.Action.Should().Be("UpdateMember");
    }

    [Fact]
    public async Task More_than_can_be_written_are_counted()
    {
        var tenant = await service.NewTenantAsync();
        var requests = new RefusedRequests(service.Db, NullLogger<RefusedRequests>.Instance);
        var caller = (await tenant.OwnerAsync()).ForRequest("r");
        caller.AsksFor(tenant.Id);

        for (var n = 0; n < RefusedRequests.Capacity + 17; n++)
        {
            requests.Add(caller, "AddMember", "forbidden", service.Clock.Now, null);
        }

        var taken = new List<Refusal>();
        await requests.TakeAsync(taken, service.Clock.Now, CancellationToken.None);
        taken.Should().HaveCount(RefusedRequests.Capacity + 1);
        taken[^1].Should().BeEquivalentTo(new
        {
            Organization = tenant.Id,
            Action = "refusals.omitted",
            Fault = (string?)null,
            Changes = """{"omitted":[null,17]}""",
        });
        var further = new List<Refusal>();
        await requests.TakeAsync(further, service.Clock.Now, CancellationToken.None);
        further.Should().BeEmpty();
        await service.Db.TransactAsync<Done>(caller, async session =>
        {
            await Refusals.AppendAsync(session, [taken[^1]]);
            return Done.It;
        });
        var entries = (await (await tenant.Client.GetAsync(
            $"/v1/audit-logs?organization_id={tenant.Id}&action=refusals.omitted")).Json()).GetProperty("data");
        entries[0].GetProperty("changes").GetRawText().Should().Be("""{"omitted":[null,17]}""");
        entries[0].GetProperty("outcome").GetString().Should().Be("denied");
    }

    [Fact]
    public async Task Old_ones_are_deleted_and_events_stay()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        await service.Db.TransactAsync<Done>(owner, async session =>
        {
            await Refusals.AppendAsync(session, [.. Enumerable.Range(0, 2500).Select(n => new Refusal(
                tenant.Id, null, "AddMember", "forbidden", session.Now.AddDays(n < 2400 ? -91 : -89), ("user", "U"),
                ("t", "t"), "r"))]);
            return Done.It;
        });
        var events = await service.ReadAsync<long>("SELECT COUNT(*) FROM events");

        await Refusals.PurgeAsync(service.Db, service.Clock.Now - Refusals.DefaultRetention, CancellationToken.None);

        (await service.ReadAsync<long>(
            "SELECT COUNT(*) FROM refusals WHERE organization_code = @Id", new { tenant.Id })).Should().Equal(100);
        (await service.ReadAsync<long>("SELECT COUNT(*) FROM events")).Should().Equal(events);
    }

    [Fact]
    public async Task Those_that_wait_at_shutdown_are_written()
    {
        var tenant = await service.NewTenantAsync();
        var (key, id) = (tenant.OwnerKey, tenant.Id);
        var instance = service.Db.IsPostgres ? service.NewInstance() : service;
        var writer = instance.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>()
            .OfType<RefusalWriter>().Single();

        await instance.Client(key).PostJson("/v1/workspaces", new { organization_id = id, name = "" });
        await writer.StopAsync(CancellationToken.None);

        (await LoggedAsync(tenant)).Should().HaveCount(1);
        await writer.StartAsync(CancellationToken.None);
    }

    private Task<List<string>> LoggedAsync(Tenant tenant) => service.ReadAsync<string>(
        $"SELECT {Refusal} FROM refusals WHERE organization_code = @Id", new { tenant.Id });
}
