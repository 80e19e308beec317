using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WorkspaceService.Features.Workspaces;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// The route table is walked, with a request for each route: one that has none here fails the test. Every POST of the
/// native surface is sent twice under one <c>Idempotency-Key</c>, and every write of every surface with the ids of
/// another tenant in its body.
/// </summary>
public sealed class RouteTableTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static readonly string[] Tables =
    [
        "events", "users", "organizations", "organization_members", "workspaces", "members", "api_keys",
        "api_key_secrets", "invitations", "join_requests", "service_lines", "metering_events", "integrations",
        "webhooks", "webhook_deliveries", "webhook_replays",
    ];

    // Members that end like ids and name nothing of this service, or no more than a role.
    private static readonly string[] NoIds = ["plan_id", "subscription_id", "workspace_role_id"];

    [Fact]
    public async Task Every_post_is_replayed_and_done_once()
    {
        var routes = Writes().Where(w => w.Method == "POST" && !w.Name.Contains('.')).Select(w => w.Route).ToList();
        routes.Should().HaveCountGreaterThan(20);
        routes.Should().BeEquivalentTo(Posts().Keys, "each POST has its request here, and each request its route");
        var failures = new List<string>();

        foreach (var (route, make) in Posts())
        {
            var (key, url, body) = await make(await FillAsync());
            var sent = ("Idempotency-Key", $"walk {route}");
            var first = await service.Client(key).SendJson(HttpMethod.Post, url, body, sent);
            var answer = await first.Content.ReadAsStringAsync();
            var before = await CountsAsync();

            var second = await service.Client(key).SendJson(HttpMethod.Post, url, body, sent);

            var isReplayed = second.Headers.TryGetValues("Idempotency-Replayed", out var values)
                && values.Single() == "true";
            if (!first.IsSuccessStatusCode || first.Headers.Contains("Idempotency-Replayed") || !isReplayed
                || second.StatusCode != first.StatusCode || await second.Content.ReadAsStringAsync() != answer
                || second.Headers.Location != first.Headers.Location
                || second.Headers.ETag?.Tag != first.Headers.ETag?.Tag || await CountsAsync() != before)
            {
                failures.Add(
                    $"{route}: {first.StatusCode} {answer}, then {second.StatusCode} "
                    + $"{await second.Content.ReadAsStringAsync()}");
            }
        }

        failures.Should().BeEmpty();
    }

    [Fact]
    public async Task No_write_takes_the_ids_of_another_tenant()
    {
        var writes = Writes().ToList();
        writes.Select(w => w.Route).Should().BeEquivalentTo(
            Foreign.Keys, "each write says here what the ids in its body are answered with, or that it has none");
        var (mine, theirs) = (await FillAsync(), await FillAsync());
        var before = await RowsAsync(theirs);
        var failures = new List<string>();

        foreach (var (method, route, _, endpoint) in writes)
        {
            var members = IdsIn(BodyOf(endpoint)).Except(NoIds).Order().ToList();
            members.Should().Equal(
                Foreign[route].Select(f => f.Member).Order(), $"the ids in the body of {route} are tried");
            foreach (var (member, body, expected) in Foreign[route])
            {
                var url = Fill(endpoint.RoutePattern.RawText!, mine);
                var response = await mine.Tenant.Client.SendJson(new HttpMethod(method), url, body(mine, theirs));
                var text = await response.Content.ReadAsStringAsync();
                var leaks = new[] { theirs.Tenant.Owner.Name, theirs.Tenant.Owner.Email!, theirs.Line.Name }
                    .Where(secret => text.Contains(secret, StringComparison.Ordinal)).ToList();
                if (!$"{(int)response.StatusCode} {text}".Contains(expected.Split(' ')[0], StringComparison.Ordinal)
                    || !text.Contains(expected.Split(' ')[1], StringComparison.Ordinal) || leaks.Count > 0)
                {
                    failures.Add($"{route} with a foreign {member}: {(int)response.StatusCode} {text}");
                }
            }
        }

        failures.Should().BeEmpty();
        (await RowsAsync(theirs)).Should().Be(before, "nothing of the other tenant is changed");
    }

    private Dictionary<string, Func<Filled, Task<(string Key, string Url, object? Body)>>> Posts() => new()
    {
        ["POST /v1/access/check"] = on => Owner(on, "/v1/access/check", new
        {
            checks = new[] { new { workspace_id = on.Workspace.Id, user_id = on.Member.Id, role = "member" } },
        }),
        ["POST /v1/api-keys"] = on => Owner(
            on, "/v1/api-keys", new { name = "Key", type = "secret", organization_id = on.Tenant.Id }),
        ["POST /v1/api-keys/{key}/rotate"] = async on => (
            on.Tenant.OwnerKey,
            $"/v1/api-keys/{(await on.Tenant.OwnerAsync()).KeyId}/rotate",
            new { overlap_seconds = 60 }),
        ["POST /v1/integrations"] = on => Owner(on, "/v1/integrations", Integration(on.Workspace.Id)),
        ["POST /v1/invitations/{token}/accept"] = on => Invitee(on, "accept"),
        ["POST /v1/invitations/{token}/decline"] = on => Invitee(on, "decline"),
        ["POST /v1/metering/events"] = async on => (
            await on.Tenant.ServiceKeyAsync(), "/v1/metering/events", Metering(on.Line.Active)),
        ["POST /v1/orgs"] = on => Root("/v1/orgs", new { name = "Walked", owner_id = on.Tenant.Owner.Id }),
        ["POST /v1/orgs/{organization}/members"] = on => Owner(
            on, $"/v1/orgs/{on.Tenant.Id}/members", new { email = NewEmail(), name = "New", role = "member" }),
        ["POST /v1/orgs/{organization}/transfer-ownership"] = on => Owner(
            on, $"/v1/orgs/{on.Tenant.Id}/transfer-ownership", new { user_id = on.Member.Id }),
        ["POST /v1/service-lines"] = on => Owner(on, "/v1/service-lines", NewLine(on.Workspace.Id)),
        ["POST /v1/service-lines/{serviceLine}/activate"] = on => Owner(
            on, $"/v1/service-lines/{on.Line.Draft}/activate", null),
        ["POST /v1/service-lines/{serviceLine}/close"] = on => Owner(
            on, $"/v1/service-lines/{on.Line.Active}/close", null),
        ["POST /v1/service-lines/{serviceLine}/pause"] = on => Owner(
            on, $"/v1/service-lines/{on.Line.Active}/pause", null),
        ["POST /v1/service-lines/{serviceLine}/terminate"] = on => Owner(
            on, $"/v1/service-lines/{on.Line.Active}/terminate", null),
        ["POST /v1/users"] = on => Owner(
            on, "/v1/users", new { name = "New", email = NewEmail(), organization_id = on.Tenant.Id }),
        ["POST /v1/webhooks"] = on => Owner(on, "/v1/webhooks", Webhook(on.Tenant.Id)),
        ["POST /v1/webhooks/{webhook}/replay"] = on => OfWebhook(on, "replay", new { after = 0 }),
        ["POST /v1/webhooks/{webhook}/rotate-secret"] = on => OfWebhook(on, "rotate-secret", null),
        ["POST /v1/webhooks/{webhook}/test"] = on => OfWebhook(on, "test", null),
        ["POST /v1/webhooks/{webhook}/deliveries/{delivery}/retry"] = async on =>
        {
            var webhook = (await on.Tenant.NewIdleWebhookAsync()).Id;
            var delivery = await on.Tenant.NewDeliveryAsync(webhook);
            return (on.Tenant.OwnerKey, $"/v1/webhooks/{webhook}/deliveries/{delivery}/retry", null);
        },
        ["POST /v1/workspaces"] = on => Owner(
            on, "/v1/workspaces", new { organization_id = on.Tenant.Id, name = "Walked" }),
        ["POST /v1/workspaces/{workspace}/archive"] = async on => (
            on.Tenant.OwnerKey, $"/v1/workspaces/{(await on.Tenant.NewWorkspaceAsync()).Id}/archive", null),
        ["POST /v1/workspaces/{workspace}/restore"] = async on =>
        {
            var archived = (await on.Tenant.NewWorkspaceAsync()).Id;
            await service.Do(new ArchiveWorkspace.Command(await on.Tenant.OwnerAsync(), archived));
            return (on.Tenant.OwnerKey, $"/v1/workspaces/{archived}/restore", null);
        },
        ["POST /v1/workspaces/{workspace}/invitations"] = on => Owner(
            on, $"/v1/workspaces/{on.Workspace.Id}/invitations", new { email = NewEmail(), role = "member" }),
        ["POST /v1/workspaces/{workspace}/invitations/{invitation}/resend"] = async on => (
            on.Tenant.OwnerKey,
            $"/v1/workspaces/{on.Workspace.Id}/invitations/"
                + $"{(await on.Tenant.InviteAsync(on.Workspace.Id, NewEmail())).Id}/resend",
            null),
        ["POST /v1/workspaces/{workspace}/join"] = async on => (
            on.Member.Key, $"/v1/workspaces/{(await on.Tenant.NewWorkspaceAsync(type: "open")).Id}/join", null),
        ["POST /v1/workspaces/{workspace}/join-requests"] = async on => (
            on.Member.Key,
            $"/v1/workspaces/{(await on.Tenant.NewWorkspaceAsync(type: "closed")).Id}/join-requests",
            null),
        ["POST /v1/workspaces/{workspace}/join-requests/{request}/approve"] = on => Decision(on, "approve"),
        ["POST /v1/workspaces/{workspace}/join-requests/{request}/deny"] = on => Decision(on, "deny"),
        ["POST /v1/workspaces/{workspace}/members"] = on => Owner(
            on, $"/v1/workspaces/{on.Workspace.Id}/members", new { user_id = on.Member.Id, role = "member" }),
    };

    // For each id in the body: the status, and the code that the answer names.
    private static readonly Dictionary<string, (string Member, Func<Filled, Filled, object> Body, string Expected)[]>
        Foreign = new()
        {
            ["POST /v1/access/check"] =
            [
                ("workspace_id", (mine, theirs) => Check(theirs.Workspace.Id, mine.Member.Id), "404 not_found"),

                // A result and no fault, the same as for any user who is not in the organization.
                ("user_id", (mine, theirs) => Check(mine.Workspace.Id, theirs.Member.Id), "200 not_a_member"),
            ],
            ["POST /v1/api-keys"] =
            [
                ("organization_id", (_, theirs) => Key(organization: theirs.Tenant.Id), "404 not_found"),
                ("workspace_id", (_, theirs) => Key(workspace: theirs.Workspace.Id), "404 not_found"),
                (
                    "user_id",
                    (mine, theirs) => Key("user", mine.Tenant.Id, user: theirs.Member.Id),
                    "422 not_organization_member"),
            ],
            ["POST /v1/api-keys/{key}/rotate"] = [],
            ["DELETE /v1/api-keys/{key}"] = [],
            ["POST /v1/integrations"] =
                [("workspace_id", (_, theirs) => Integration(theirs.Workspace.Id), "404 not_found")],
            ["DELETE /v1/integrations/{integration}"] = [],
            ["POST /v1/invitations/{token}/accept"] = [],
            ["POST /v1/invitations/{token}/decline"] = [],

            // A result for each event.
            ["POST /v1/metering/events"] =
                [("service_line_id", (_, theirs) => Metering(theirs.Line.Active), "200 not_found")],

            // Only root makes organizations, and to root nobody is a stranger.
            ["POST /v1/orgs"] =
                [("owner_id", (_, theirs) => new { name = "X", owner_id = theirs.Member.Id }, "403 forbidden")],
            ["PATCH /v1/orgs/{organization}"] = [],
            ["POST /v1/orgs/{organization}/members"] =
                [("user_id", (_, theirs) => Person(theirs.Member.Id), "422 unknown_user")],
            ["PATCH /v1/orgs/{organization}/members/{user}"] = [],
            ["DELETE /v1/orgs/{organization}/members/{user}"] = [],
            ["POST /v1/orgs/{organization}/transfer-ownership"] =
            [
                ("user_id", (_, theirs) => new { user_id = theirs.Member.Id }, "422 not_organization_member"),
            ],
            ["POST /v1/service-lines"] =
                [("workspace_id", (_, theirs) => NewLine(theirs.Workspace.Id), "404 not_found")],
            ["PATCH /v1/service-lines/{serviceLine}"] = [],
            ["POST /v1/service-lines/{serviceLine}/activate"] = [],
            ["POST /v1/service-lines/{serviceLine}/close"] = [],
            ["POST /v1/service-lines/{serviceLine}/pause"] = [],
            ["POST /v1/service-lines/{serviceLine}/terminate"] = [],
            ["PUT /v1/service-lines/{serviceLine}/health"] = [],
            ["POST /v1/users"] =
            [
                (
                    "organization_id",
                    (_, theirs) => new { name = "X", email = NewEmail(), organization_id = theirs.Tenant.Id },
                    "404 not_found"),
            ],
            ["PATCH /v1/users/{user}"] = [],
            ["POST /v1/webhooks"] =
            [
                ("organization_id", (_, theirs) => Webhook(theirs.Tenant.Id), "404 not_found"),
                ("workspace_id", (mine, theirs) => Webhook(mine.Tenant.Id, theirs.Workspace.Id), "404 not_found"),
            ],
            ["PATCH /v1/webhooks/{webhook}"] = [],
            ["DELETE /v1/webhooks/{webhook}"] = [],
            ["POST /v1/webhooks/{webhook}/replay"] = [],
            ["POST /v1/webhooks/{webhook}/rotate-secret"] = [],
            ["POST /v1/webhooks/{webhook}/test"] = [],
            ["POST /v1/webhooks/{webhook}/deliveries/{delivery}/retry"] = [],
            ["POST /v1/workspaces"] =
            [
                (
                    "organization_id",
                    (_, theirs) => new { name = "X", organization_id = theirs.Tenant.Id },
                    "404 not_found"),
            ],
            ["PATCH /v1/workspaces/{workspace}"] = [],
            ["DELETE /v1/workspaces/{workspace}"] = [],
            ["POST /v1/workspaces/{workspace}/archive"] = [],
            ["POST /v1/workspaces/{workspace}/restore"] = [],
            ["POST /v1/workspaces/{workspace}/invitations"] = [],
            ["DELETE /v1/workspaces/{workspace}/invitations/{invitation}"] = [],
            ["POST /v1/workspaces/{workspace}/invitations/{invitation}/resend"] = [],
            ["POST /v1/workspaces/{workspace}/join"] = [],
            ["POST /v1/workspaces/{workspace}/join-requests"] = [],
            ["DELETE /v1/workspaces/{workspace}/join-requests/{request}"] = [],
            ["POST /v1/workspaces/{workspace}/join-requests/{request}/approve"] = [],
            ["POST /v1/workspaces/{workspace}/join-requests/{request}/deny"] = [],
            ["POST /v1/workspaces/{workspace}/members"] =
                [("user_id", (_, theirs) => Person(theirs.Member.Id), "422 not_organization_member")],
            ["PATCH /v1/workspaces/{workspace}/members/{user}"] = [],
            ["DELETE /v1/workspaces/{workspace}/members/{user}"] = [],

            ["POST /v1/workspace"] = [],
            ["PUT /v1/workspace/{workspaceNumber}"] = [],
            ["DELETE /v1/workspace/{workspaceNumber}"] = [],
            ["POST /v1/workspace/{workspaceNumber}/member"] =
            [
                (
                    "user_id",
                    (_, theirs) => new { user_id = NumberOf(theirs.Member.Id), role = "member" },
                    "400 validation"),
            ],
            ["DELETE /v1/workspace/{workspaceNumber}/member/{userNumber}"] = [],
            ["POST /v1/org/user"] = [],

            ["PUT /api/v4/workspaces"] = [],
            ["POST /api/v4/invites"] = [],
            ["DELETE /api/v4/invites/{invitationNumber}"] = [],
            ["PUT /api/v4/workspace_users/{userNumber}"] = [],
            ["DELETE /api/v4/workspace_users/{userNumber}"] = [],
        };

    private IEnumerable<(string Method, string Route, string Name, RouteEndpoint Endpoint)> Writes() =>
        from endpoint in service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where !endpoint.RoutePattern.RawText!.StartsWith("/console", StringComparison.Ordinal)
        where endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
        where method is not ("GET" or "HEAD")
        let name = endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? ""
        select (method, $"{method} {endpoint.RoutePattern.RawText}", name, endpoint);

    private static Type? BodyOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType;

    // The members of a body that end with _id, those of the objects in its lists included.
    private static IEnumerable<string> IdsIn(Type? type) =>
        type is null ? []
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(IdsIn)
        : type.Assembly != typeof(Program).Assembly ? []
        : type.GetProperties().SelectMany(property =>
        {
            var name = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            return name.EndsWith("_id", StringComparison.Ordinal) || name.EndsWith("_ids", StringComparison.Ordinal)
                ? [name]
                : IdsIn(property.PropertyType);
        });

    private static string Fill(string route, Filled on) => route
        .Replace("{organization}", on.Tenant.Id, StringComparison.Ordinal)
        .Replace("{workspace}", on.Workspace.Id, StringComparison.Ordinal)
        .Replace("{workspaceNumber}", $"{NumberOf(on.Workspace.Id)}", StringComparison.Ordinal);

    private async Task<Filled> FillAsync()
    {
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        return new(
            tenant,
            workspace,
            await tenant.NewMemberAsync(),
            (
                "Line",
                await service.NewLineAsync(workspace, "draft"),
                await service.NewLineAsync(workspace, "active")));
    }

    private static Task<(string Key, string Url, object? Body)> Owner(Filled on, string url, object? body) =>
        Task.FromResult((on.Tenant.OwnerKey, url, body));

    private static Task<(string Key, string Url, object? Body)> Root(string url, object? body) =>
        Task.FromResult((ServiceFixture.RootKey, url, body));

    private async Task<(string Key, string Url, object? Body)> Invitee(Filled on, string action)
    {
        var user = await service.NewUserAsync();
        var invitation = await on.Tenant.InviteAsync(on.Workspace.Id, user.Email!);
        return (await service.UserKeyAsync(user.Id), $"/v1/invitations/{invitation.Token}/{action}", null);
    }

    private static async Task<(string Key, string Url, object? Body)> Decision(Filled on, string action)
    {
        var url = $"/v1/workspaces/{(await on.Tenant.NewWorkspaceAsync(type: "closed")).Id}/join-requests";
        var asked = await (await on.Member.Client.PostJson(url, new { })).Data(HttpStatusCode.Created);
        return (on.Tenant.OwnerKey, $"{url}/{asked.GetProperty("id").GetString()}/{action}", null);
    }

    private static async Task<(string Key, string Url, object? Body)> OfWebhook(
        Filled on, string action, object? body) =>
        (on.Tenant.OwnerKey, $"/v1/webhooks/{(await on.Tenant.NewIdleWebhookAsync()).Id}/{action}", body);

    private static string NewEmail() => $"{Guid.NewGuid():N}@example.com";

    private static long NumberOf(string code) =>
        long.Parse(code[(code.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture);

    private static object Check(string workspace, string user) =>
        new { checks = new[] { new { workspace_id = workspace, user_id = user, role = "member" } } };

    private static object Key(
        string type = "secret", string? organization = null, string? workspace = null, string? user = null) =>
        new { name = "X", type, organization_id = organization, workspace_id = workspace, user_id = user };

    private static object Person(string user) => new { user_id = user, role = "member" };

    private static object Integration(string workspace) =>
        new { workspace_id = workspace, type = "github", config = new { org = "apex-digital" } };

    private static object Webhook(string organization, string? workspace = null) => new
    {
        organization_id = organization,
        workspace_id = workspace,
        url = WebhookTesting.Nowhere,
        events = new[] { "*" },
        status = "disabled",
    };

    private static object NewLine(string workspace) => new
    {
        workspace_id = workspace,
        name = "Walked",
        product_line = "talent",
        execution_model = "capacity",
        billing_model = "milestone",
    };

    private static object Metering(string line) => new
    {
        events = new[]
        {
            new
            {
                id = Guid.NewGuid().ToString("N"),
                service_line_id = line,
                metric = "engineer_hours",
                quantity = 1,
                unit = "hour",
                cost = 1,
                currency = "USD",
                occurred_at = DateTimeOffset.UtcNow,
            },
        },
    };

    private async Task<string> CountsAsync()
    {
        var counts = new List<long>();
        foreach (var table in Tables)
        {
            counts.AddRange(await service.ReadAsync<long>($"SELECT COUNT(*) FROM {table}"));
        }

        return string.Join(' ', counts);
    }

    // What there is of a tenant, with its versions.
    private async Task<string> RowsAsync(Filled on) => string.Join(' ', await service.ReadAsync<string>(
        """
        SELECT 'organization ' || version || ' ' || member_count || ' ' || workspace_count FROM organizations
        WHERE code = @Organization
        UNION ALL
        SELECT 'workspace ' || version || ' ' || member_count || ' ' || cost FROM (
            SELECT w.version, w.member_count,
                   (SELECT COALESCE(SUM(c.cost_micros), 0) FROM workspace_costs c WHERE c.workspace_id = w.id) AS cost
            FROM workspaces w WHERE w.code = @Workspace) w
        UNION ALL
        SELECT 'users ' || code || version || status || name || email FROM users WHERE code IN (@Owner, @Member)
        UNION ALL
        SELECT 'joined ' || COUNT(*) FROM organization_members om JOIN users u ON u.id = om.user_id
        WHERE u.code IN (@Owner, @Member)
        UNION ALL
        SELECT 'member of ' || COUNT(*) FROM members m JOIN users u ON u.id = m.user_id
        WHERE u.code IN (@Owner, @Member)
        UNION ALL
        SELECT 'keys ' || COUNT(*) FROM api_keys k JOIN users u ON u.id = k.user_id WHERE u.code IN (@Owner, @Member)
        UNION ALL
        SELECT 'lines ' || COUNT(*) || ' ' || SUM(l.version) FROM service_lines l
        JOIN workspaces w ON w.id = l.workspace_id WHERE w.code = @Workspace
        UNION ALL
        SELECT 'events ' || COUNT(*) FROM events WHERE organization_code = @Organization
        """,
        new
        {
            Organization = on.Tenant.Id,
            Workspace = on.Workspace.Id,
            Owner = on.Tenant.Owner.Id,
            Member = on.Member.Id,
        }));

    private sealed record Filled(
        Tenant Tenant,
        Infrastructure.Contracts.WorkspaceObject Workspace,
        Person Member,
        (string Name, string Draft, string Active) Line);
}
