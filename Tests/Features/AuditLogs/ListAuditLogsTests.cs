using System.Net;
using System.Text.Json;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.AuditLogs;

public sealed class ListAuditLogsTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task An_entry_tells_what_was_done_and_what_was_refused()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        (await tenant.Client.SendJson(
            HttpMethod.Delete,
            $"/v1/workspaces/{workspace.Id}/members/{tenant.Owner.Id}",
            null,
            ("X-Request-Id", "trace-1"))).StatusCode.Should().Be(HttpStatusCode.Conflict);

        var entries = await ShownAsync(tenant, await WaitForAsync(tenant, 1), $"workspace_id={workspace.Id}");

        entries.Select(e => e.GetProperty("outcome").GetString()).Should().Equal("success", "denied");
        entries.Should().AllSatisfy(e => e.EnumerateObject().Select(m => m.Name).Should().Equal(
            "id", "action", "outcome", "code", "occurred_at", "organization_id", "workspace_id", "actor", "subject",
            "request_id", "changes", "event_id"));
        var (done, refused) = (entries[0], entries[1]);
        done.GetProperty("action").GetString().Should().Be("workspace.created");
        done.GetProperty("code").ValueKind.Should().Be(JsonValueKind.Null);
        done.GetProperty("id").GetString().Should().MatchRegex(@"^EVT-\d\d-\d{6,}$")
            .And.Be(done.GetProperty("event_id").GetString());
        refused.GetProperty("id").GetString().Should().MatchRegex(@"^REF-\d\d-\d{6,}$");
        refused.GetProperty("event_id").ValueKind.Should().Be(JsonValueKind.Null);
        refused.GetProperty("action").GetString().Should().Be("RemoveMember");
        refused.GetProperty("code").GetString().Should().Be("last_admin");
        refused.GetProperty("organization_id").GetString().Should().Be(tenant.Id);
        refused.GetProperty("workspace_id").GetString().Should().Be(workspace.Id);
        refused.GetProperty("actor").GetRawText().Should().Be($$"""{"kind":"user","id":"{{tenant.Owner.Id}}"}""");
        refused.GetProperty("subject").GetRawText().Should().Be($$"""{"kind":"user","id":"{{tenant.Owner.Id}}"}""");
        refused.GetProperty("request_id").GetString().Should().Be("trace-1");
        refused.GetProperty("changes").GetRawText().Should().Be("{}");
        refused.GetProperty("occurred_at").GetString().Should().MatchRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$");
    }

    [Fact]
    public async Task Each_filter_leaves_what_it_says()
    {
        var tenant = await service.NewTenantAsync();
        var (workspace, other) = (await tenant.NewWorkspaceAsync(), await tenant.NewWorkspaceAsync());
        var person = await tenant.NewMemberOfAsync(workspace.Id);
        var key = await tenant.ServiceKeyAsync(permissions: ["read"]);
        var keyId = (await service.CallerAsync(key)).KeyId;
        await RefusedAsync(person.Client, $"/v1/workspaces/{workspace.Id}", HttpStatusCode.Forbidden);
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        var middle = service.Clock.Now;
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        await RefusedAsync(service.Client(key), $"/v1/workspaces/{other.Id}", HttpStatusCode.Forbidden);
        await RefusedAsync(tenant.Client, $"/v1/workspaces/{other.Id}", HttpStatusCode.UnprocessableEntity);
        await service.Do(new UpdateWorkspace.Command(await tenant.OwnerAsync(), other.Id, new() { Name = "New" }));
        var all = await ShownAsync(tenant, await WaitForAsync(tenant, 3));
        all.Count(IsRefused).Should().Be(3);
        var time = JsonConventions.TimeText(middle);

        await ShouldLeaveAsync("outcome=denied", IsRefused);
        await ShouldLeaveAsync("outcome=success", e => !IsRefused(e));
        await ShouldLeaveAsync($"workspace_id={other.Id}", e => e.GetProperty("workspace_id").GetString() == other.Id);
        await ShouldLeaveAsync($"actor_id={person.Id}", e => ActorOf(e) == person.Id);
        await ShouldLeaveAsync($"actor_id={keyId}", e => ActorOf(e) == keyId);
        await ShouldLeaveAsync("actor_type=api_key", e => KindOf(e) == "api_key");
        await ShouldLeaveAsync("actor_type=root", e => KindOf(e) == "root");
        await ShouldLeaveAsync("actor_type=user", e => KindOf(e) == "user");
        await ShouldLeaveAsync("action=UpdateWorkspace", e => ActionOf(e) == "UpdateWorkspace");
        await ShouldLeaveAsync("action=workspace.created", e => ActionOf(e) == "workspace.created");
        await ShouldLeaveAsync(
            $"action=workspace.created&workspace_id={other.Id}",
            e => ActionOf(e) == "workspace.created" && e.GetProperty("workspace_id").GetString() == other.Id);
        await ShouldLeaveAsync(
            $"action=UpdateWorkspace&actor_id={tenant.Owner.Id}&workspace_id={other.Id}",
            e => ActionOf(e) == "UpdateWorkspace" && ActorOf(e) == tenant.Owner.Id);
        await ShouldLeaveAsync($"from={time}", e => TimeOf(e) >= middle.AddSeconds(-1));
        await ShouldLeaveAsync($"to={time}", e => TimeOf(e) < middle.AddSeconds(-1));
        await ShouldLeaveAsync(
            $"from={time}&outcome=denied&actor_type=user", e => IsRefused(e) && ActorOf(e) == tenant.Owner.Id);

        async Task ShouldLeaveAsync(string filter, Func<JsonElement, bool> expected)
        {
            var wanted = all.Where(expected).Select(IdOf).ToList();
            wanted.Should().NotBeEmpty(filter);
            (await ShownAsync(tenant, tenant.Client, filter)).Select(IdOf).Should().Equal(wanted, filter);
            (await ShownAsync(tenant, tenant.Client, $"{filter}&limit=2")).Select(IdOf).Should().Equal(wanted, filter);
            wanted.Reverse();
            (await ShownAsync(tenant, tenant.Client, $"{filter}&limit=2&sort=-occurred_at")).Select(IdOf)
                .Should().Equal(wanted, filter);
        }
    }

    [Fact]
    public async Task Pages_in_both_orders_show_each_entry_once_though_many_share_a_moment()
    {
        var tenant = await service.NewTenantAsync();
        var owner = await tenant.OwnerAsync();
        await service.Db.TransactAsync<Done>(owner, async session =>
        {
            await EventLog.AppendManyAsync(
                session,
                "audit.many",
                tenant.Id,
                [.. Enumerable.Range(0, 23).Select(n => ((string?)null, "t", $"{n}"))],
                []);
            await Refusals.AppendAsync(session, [.. Enumerable.Range(0, 31).Select(n => new Refusal(
                tenant.Id, null, "AddMember", "forbidden", session.Now, ("user", "U"), ("t", $"{n}"), "r"))]);
            return Done.It;
        });
        var all = await ShownAsync(tenant, tenant.Client, "limit=100");
        all.Should().HaveCountGreaterThan(54);

        foreach (var limit in new[] { 1, 3, 7, 50 })
        {
            (await ShownAsync(tenant, tenant.Client, $"limit={limit}")).Select(IdOf).Should().Equal(all.Select(IdOf));
            var newest = await ShownAsync(tenant, tenant.Client, $"limit={limit}&sort=-occurred_at");
            newest.Select(IdOf).Should().BeEquivalentTo(all.Select(IdOf)).And.OnlyHaveUniqueItems();
            newest.Select(TimeOf).Should().BeInDescendingOrder();
        }
    }

    [Theory]
    [InlineData("", "organization_id")]
    [InlineData("organization_id=@Org&actor_type=robot", "actor_type")]
    [InlineData("organization_id=@Org&outcome=maybe", "outcome")]
    [InlineData("organization_id=@Org&from=today", "from")]
    [InlineData("organization_id=@Org&from=2026-04-02T00:00:00Z&to=2026-04-01T00:00:00Z", "to")]
    [InlineData("organization_id=@Org&limit=101", "limit")]
    [InlineData("organization_id=@Org&sort=name", "sort")]
    [InlineData("organization_id=@Org&actor=me", "actor")]
    public async Task A_wrong_parameter_is_refused_by_name(string query, string name)
    {
        var tenant = await service.NewTenantAsync();

        var problem = await (await tenant.Client.GetAsync(
            $"/v1/audit-logs?{query.Replace("@Org", tenant.Id, StringComparison.Ordinal)}"))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_parameter");

        problem.GetProperty("parameter").GetString().Should().Be(name);
    }

    [Fact]
    public async Task A_cursor_of_other_filters_or_damaged_is_invalid()
    {
        var tenant = await service.NewTenantAsync();
        await tenant.NewWorkspaceAsync();
        var page = await (await tenant.Client.GetAsync($"/v1/audit-logs?organization_id={tenant.Id}&limit=1")).Json();
        var cursor = page.GetProperty("meta").GetProperty("cursor").GetString();

        foreach (var query in new[] { $"{cursor}&outcome=success", "AAAA", $"{cursor}&sort=-occurred_at" })
        {
            await (await tenant.Client.GetAsync($"/v1/audit-logs?organization_id={tenant.Id}&limit=1&cursor={query}"))
                .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_cursor");
        }
    }

    [Theory]
    [InlineData("/v1/audit-logs?organization_id=")]
    [InlineData("/v1/audit-logs/export?organization_id=")]
    public async Task Owner_admin_and_keys_with_audit_read_see_it_and_nobody_else(string address)
    {
        var (tenant, stranger) = (await service.NewTenantAsync(), await service.NewTenantAsync());
        var workspace = await tenant.NewWorkspaceAsync();
        var (admin, member) = (await tenant.NewMemberAsync(Roles.Admin), await tenant.NewMemberAsync());
        var path = $"{address}{tenant.Id}";

        await ShouldAnswerAsync(tenant.Client, HttpStatusCode.OK);
        await ShouldAnswerAsync(admin.Client, HttpStatusCode.OK);
        await ShouldAnswerAsync(service.Root, HttpStatusCode.OK);
        await ShouldAnswerAsync(await KeyAsync("audit:read"), HttpStatusCode.OK);
        await ShouldAnswerAsync(await KeyAsync("read"), HttpStatusCode.Forbidden);
        await ShouldAnswerAsync(member.Client, HttpStatusCode.Forbidden);
        await ShouldAnswerAsync(stranger.Client, HttpStatusCode.NotFound);
        await ShouldAnswerAsync(
            service.Client(await tenant.ServiceKeyAsync(workspace: workspace.Id)), HttpStatusCode.NotFound);
        await ShouldAnswerAsync(service.Client(null), HttpStatusCode.Unauthorized);
        (await tenant.Client.GetAsync($"{path}&workspace_id={(await stranger.NewWorkspaceAsync()).Id}"))
            .StatusCode.Should().Be(HttpStatusCode.NotFound);

        async Task<HttpClient> KeyAsync(string permission) =>
            service.Client(await tenant.ServiceKeyAsync(permissions: [permission]));

        async Task ShouldAnswerAsync(HttpClient client, HttpStatusCode expected) =>
            (await client.GetAsync(path)).StatusCode.Should().Be(expected);
    }

    private static bool IsRefused(JsonElement entry) => entry.GetProperty("outcome").GetString() == "denied";

    private static string? IdOf(JsonElement entry) => entry.GetProperty("id").GetString();

    private static string? ActionOf(JsonElement entry) => entry.GetProperty("action").GetString();

    private static string? ActorOf(JsonElement entry) => entry.GetProperty("actor").GetProperty("id").GetString();

    private static string? KindOf(JsonElement entry) => entry.GetProperty("actor").GetProperty("kind").GetString();

    private static DateTimeOffset TimeOf(JsonElement entry) => entry.GetProperty("occurred_at").GetDateTimeOffset();

    // Renames without a name where it should be refused for its form.
    private static async Task RefusedAsync(HttpClient client, string path, HttpStatusCode expected) =>
        (await client.PatchJson(path, new { name = expected == HttpStatusCode.Forbidden ? "Other" : "" }))
            .StatusCode.Should().Be(expected);

    private async Task<HttpClient> WaitForAsync(Tenant tenant, int refusals)
    {
        await service.WaitForRefusalsAsync(tenant.Id, refusals);
        return tenant.Client;
    }

    private static async Task<List<JsonElement>> ShownAsync(
        Tenant tenant, HttpClient client, string filter = "limit=100")
    {
        var all = new List<JsonElement>();
        for (var cursor = ""; ;)
        {
            var page = await (await client.GetAsync(
                $"/v1/audit-logs?organization_id={tenant.Id}&{filter}{cursor}")).Json();
            all.AddRange(page.GetProperty("data").EnumerateArray());
            if (page.GetProperty("meta").GetProperty("cursor").GetString() is not { } next)
            {
                return all;
            }

            cursor = $"&cursor={next}";
        }
    }
}
