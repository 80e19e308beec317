using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>A webhook that the caller may see.</summary>
public sealed record WebhookAccess : IVersioned
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    public string OrganizationCode { get; init; } = "";

    public string? WorkspaceCode { get; init; }

    public string Status { get; init; } = "";

    public long Version { get; init; }
}

/// <summary>
/// Authorization for webhooks: owner and admin of the organization, and service keys with <c>webhooks:manage</c>, which
/// a key narrowed to a workspace may use for the webhooks of that workspace.
/// </summary>
public static class WebhookAuthorization
{
    /// <summary>The webhook with this code. Faults as in <see cref="OrganizationAuthorization"/>.</summary>
    public static async ValueTask<Outcome<WebhookAccess>> FindAsync(Session session, string code, bool writes = false)
    {
        if (writes)
        {
            await WriteLocks.WebhookAsync(session, code);
        }

        if (!Codes.Is(Codes.Webhook, code)
            || await session.FindAsync<WebhookAccess>(Sql.Find, new { Code = code }) is not { } webhook)
        {
            return Faults.NotFound;
        }

        var reached = await ReachAsync(session, webhook.OrganizationCode, webhook.WorkspaceCode, writes);
        if (session.Caller.TargetOrganization == webhook.OrganizationCode)
        {
            session.Caller.AsksFor(webhook.OrganizationCode, webhook.WorkspaceCode);
        }

        return reached.Then<WebhookAccess>(_ => webhook);
    }

    /// <summary>A delivery of the webhook with this code.</summary>
    public static async ValueTask<Outcome<DeliveryObject>> FindDeliveryAsync(
        Session session, string webhook, string delivery, bool writes = false)
    {
        if (!(await FindAsync(session, webhook, writes)).Succeeded(out var found, out var fault))
        {
            return fault;
        }

        var asked = new { WebhookId = found.Id, Code = delivery };
        return await session.FindAsync<DeliveryObject>(Sql.FindDelivery, asked) is { } its ? its : Faults.NotFound;
    }

    /// <summary>
    /// The organization of webhooks, where the caller may manage those of <paramref name="workspace"/>, or all where
    /// that is null.
    /// </summary>
    public static async ValueTask<Outcome<Reference>> ReachAsync(
        Session session, string organization, string? workspace, bool writes)
    {
        var caller = session.Caller;
        if (caller.WorkspaceCode is not { } only)
        {
            return (await OrganizationAuthorization.FindAsync(session, organization, NeedInOrganization(writes)))
                .Then<Reference>(found => new Reference(found.Id, found.Code));
        }

        if (only != workspace)
        {
            return Faults.NotFound;
        }

        return (await WorkspaceAuthorization.FindAsync(session, only, NeedInWorkspace(caller, writes)))
            .Then<Reference>(found => found.OrganizationCode == organization
                ? new Reference(found.OrganizationId, found.OrganizationCode)
                : Faults.NotFound);
    }

    internal static Need NeedInOrganization(bool writes) =>
        Need.Inspect(Permissions.WebhooksManage) with { Writes = writes, Concurrent = true };

    internal static Need NeedInWorkspace(Caller caller, bool writes) =>
        NeedInOrganization(writes) with { InArchived = true, OfOrganization = !caller.IsService };

    /// <summary>The organization of a webhook.</summary>
    public sealed record Reference(long Id, string Code);

    private static class Sql
    {
        public const string Find = $"""
            SELECT id, code, organization_code, workspace_code, status, version
            FROM webhooks
            WHERE code = @Code AND status <> '{WebhookObject.Deleted}'
            """;

        // No row: no such delivery, or it is another webhook's.
        public const string FindDelivery = $"""
            SELECT {DeliveryObject.Columns}
            FROM webhook_deliveries d
            WHERE d.code = @Code AND d.webhook_id = @WebhookId
            """;
    }
}
