using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using WorkspaceService.Features.Webhooks;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService;

/// <summary>A service whose webhooks may be on this machine.</summary>
public sealed class WebhookFixture : ServiceFixture
{
    protected override void Configure(IWebHostBuilder builder)
    {
        builder.UseSetting("Webhooks:AllowHttp", "true");
        builder.UseSetting("Webhooks:AllowPrivateNetworks", "true");
        builder.UseSetting("Webhooks:Timeout", "5");
    }
}

/// <summary>Webhooks and their deliveries, for tests that need some.</summary>
public static class WebhookTesting
{
    /// <summary>Nothing is sent there: the webhook is disabled.</summary>
    public const string Nowhere = "https://hooks.example.com/workspaces";

    /// <summary>A new webhook of the organization, made by the owner, with its secret.</summary>
    public static async Task<WebhookObject> NewWebhookAsync(
        this Tenant tenant, string url, string? workspace = null, params string[] events) =>
        (await tenant.Service.Do(new CreateWebhook.Command(
            await tenant.OwnerAsync(), tenant.Id, url, events.Length == 0 ? ["*"] : events, workspace))).Value;

    /// <summary>One that is disabled.</summary>
    public static async Task<WebhookObject> NewIdleWebhookAsync(this Tenant tenant, string? workspace = null) =>
        (await tenant.Service.Do(new CreateWebhook.Command(
            await tenant.OwnerAsync(), tenant.Id, Nowhere, ["*"], workspace, Status: WebhookObject.Disabled))).Value;

    /// <summary>A delivery that has failed, as no request could make one; hands back its id.</summary>
    public static async Task<string> NewDeliveryAsync(this Tenant tenant, string webhook) =>
        (await tenant.Service.Db.TransactAsync<string>(ServiceFixture.RootCaller, async session =>
        {
            var (id, code) = await Codes.MintAsync(session, Codes.Delivery);
            await session.ExecuteAsync(
                """
                INSERT INTO webhook_deliveries (id, code, webhook_id, event_id, event_code, event_type, status, round,
                                                attempts, ended_at, version)
                SELECT @id, @code, h.id, e.id, e.code, e.type, 'failed', 1, '[]', @Now, 1
                FROM webhooks h JOIN events e ON e.subject_id = h.code AND e.type = 'webhook.created'
                WHERE h.code = @webhook
                """,
                new { id, code, webhook, session.Now });
            return code;
        })).Match(code => code, fault => throw new InvalidOperationException(fault.Message));

    public static async Task SetStatusAsync(this Tenant tenant, string webhook, string status) =>
        await tenant.Service.Do(new UpdateWebhook.Command(
            await tenant.OwnerAsync(), webhook, new UpdateWebhook.Body { Status = status }));

    public static async Task<string> StatusAsync(this Tenant tenant, string webhook) =>
        (await tenant.Service.Do(new GetWebhook.Query(await tenant.OwnerAsync(), webhook))).Value.Status;

    /// <summary>All deliveries of a webhook, in their order.</summary>
    public static async Task<List<DeliveryObject>> DeliveriesAsync(
        this Tenant tenant, string webhook, string? eventId = null)
    {
        var all = new List<DeliveryObject>();
        var owner = await tenant.OwnerAsync();
        for (string? cursor = null; ;)
        {
            var page = await tenant.Service.Do(
                new ListWebhookDeliveries.Query(owner, webhook, null, eventId, cursor, 100));
            all.AddRange(page.Items);
            if ((cursor = page.Next) is null)
            {
                return all;
            }
        }
    }

    /// <summary>The deliveries, once each of them has ended and there are so many.</summary>
    public static async Task<List<DeliveryObject>> EndedAsync(this Tenant tenant, string webhook, int count)
    {
        List<DeliveryObject> all = [];
        await Until.TrueAsync(
            async () => (all = await tenant.DeliveriesAsync(webhook)).Count >= count
                && all.TrueForAll(each => each.Status != DeliveryObject.Pending),
            () => string.Join('\n', all));
        return all;
    }

    /// <summary>A delivery, once it has been tried so often.</summary>
    public static async Task<DeliveryObject> TriedAsync(this Tenant tenant, string webhook, int tries, int index = 0)
    {
        List<DeliveryObject> all = [];
        await Until.TrueAsync(
            async () => (all = await tenant.DeliveriesAsync(webhook)).Count > index
                && all[index].Attempts.Count >= tries,
            () => string.Join('\n', all));
        return all[index];
    }

    /// <summary>Appends <c>workspace.updated</c>, and hands back its id.</summary>
    public static async Task<string> TouchAsync(this Tenant tenant, string workspace)
    {
        await tenant.Service.Do(new UpdateWorkspace.Command(
            await tenant.OwnerAsync(),
            workspace,
            new UpdateWorkspace.Body { Description = $"Touched {Guid.NewGuid()}" }));
        return (await tenant.Service.ReadAsync<string>(
            "SELECT code FROM events WHERE workspace_code = @workspace ORDER BY id DESC LIMIT 1", new { workspace }))
            .Single();
    }

    /// <summary>The events of an organization as <c>GET /v1/events</c> shows them.</summary>
    public static async Task<List<JsonElement>> ShownEventsAsync(this Tenant tenant, string query = "")
    {
        var all = new List<JsonElement>();
        for (string? cursor = null; ;)
        {
            var url = $"/v1/events?organization_id={tenant.Id}&limit=100{query}";
            var page = await (await tenant.Client.GetAsync(cursor is null ? url : $"{url}&cursor={cursor}")).Json();
            all.AddRange(page.GetProperty("data").EnumerateArray());
            if ((cursor = page.GetProperty("meta").GetProperty("cursor").GetString()) is null)
            {
                return all;
            }
        }
    }

    /// <summary>What each kind of caller is answered by one request of the organization's webhooks.</summary>
    public static async Task AssertOnlyAdministratorsAsync(
        this Tenant tenant, string workspace, Func<HttpClient, Task<HttpResponseMessage>> send)
    {
        var service = tenant.Service;
        await service.ArrangeAsync(
            "UPDATE organizations SET workspace_role_ceiling = 0 WHERE code = @Id", new { tenant.Id });
        var workspaceAdmin = await tenant.NewMemberOfAsync(workspace, "admin", "member");
        foreach (var (who, client, expected) in new (string, HttpClient, int)[]
        {
            ("nobody", service.Client(null), 401),
            ("a stranger", (await service.NewTenantAsync()).Client, 404),
            ("a stranger's key", service.Client(
                await (await service.NewTenantAsync()).ServiceKeyAsync(permissions: Permissions.WebhooksManage)), 404),
            ("a guest", (await tenant.NewMemberAsync("guest")).Client, 403),
            ("a member", (await tenant.NewMemberAsync()).Client, 403),
            ("billing", (await tenant.NewMemberAsync("billing")).Client, 403),
            ("a workspace admin", workspaceAdmin.Client, 403),
            ("a key with all other permissions", service.Client(await tenant.ServiceKeyAsync(
                permissions: [.. Permissions.All.Except([Permissions.WebhooksManage])])), 403),
            ("a publishable key", service.Client(await tenant.ServiceKeyAsync("publishable")), 403),
            ("a key of a workspace", service.Client(await tenant.ServiceKeyAsync(
                workspace: workspace, permissions: Permissions.WebhooksManage)), 404),
            ("the root key", service.Root, 200),
            ("the owner", tenant.Client, 200),
            ("an admin", (await tenant.NewMemberAsync("admin")).Client, 200),
            ("a key with webhooks:manage alone", service.Client(
                await tenant.ServiceKeyAsync(permissions: Permissions.WebhooksManage)), 200),
        })
        {
            var answer = await send(client);
            var status = answer.IsSuccessStatusCode ? 200 : (int)answer.StatusCode;
            status.Should().Be(expected, $"that is what {who} gets: {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
