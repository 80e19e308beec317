using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Dispatch;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

public static partial class CreateWebhook
{
    public sealed record Command(
        Caller Caller,
        string? OrganizationId,
        string? Url,
        IReadOnlyList<string>? Events,
        string? WorkspaceId = null,
        string? Description = null,
        string? Status = WebhookObject.Enabled,
        string? Secret = null) : ICommand<Versioned<WebhookObject>>;

    private static readonly Fault AnotherOrganization =
        Fault.Invalid("/workspace_id", "not_allowed", "The workspace does not belong to that organization.");

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, Versioned<WebhookObject>>(db)
    {
        protected override async Task<Outcome<Versioned<WebhookObject>>> HandleAsync(Command command, Session session)
        {
            var reached = await WebhookAuthorization.ReachAsync(
                session, command.OrganizationId!, command.WorkspaceId, writes: true);
            if (!reached.Succeeded(out var organization, out var fault))
            {
                return fault;
            }

            if (command.WorkspaceId is { } workspace && await WorkspaceFaultAsync(session, workspace, organization) is
                { } refused)
            {
                return refused;
            }

            var secret = WebhookSecret.Create();
            var events = command.Events!.Distinct().ToList();
            var (id, code) = await Codes.MintAsync(session, Codes.Webhook);
            var changes = new Changes()
                .Set("url", null, command.Url)
                .Set("description", null, command.Description?.Trim())
                .Set("events", null, events)
                .Set("status", null, command.Status);
            await EventLog.AppendAsync(
                session, "webhook.created", organization.Code, command.WorkspaceId, ("webhook", code), changes);
            await session.ExecuteAsync(Sql.Insert, new
            {
                Id = id,
                Code = code,
                OrganizationId = organization.Id,
                OrganizationCode = organization.Code,
                WorkspaceCode = command.WorkspaceId,
                command.Url,
                Description = command.Description?.Trim(),
                Events = string.Join(' ', events),
                command.Status,
                Secret = secret,
                CreatedAt = session.Now,
            });
            return (await WebhookObject.ReadAsync(session, id)).Select(made => made with { Secret = secret });
        }

        // An archived workspace has events all the same: it may be restored or deleted.
        private static async Task<Fault?> WorkspaceFaultAsync(
            Session session, string code, WebhookAuthorization.Reference organization)
        {
            var found = await WorkspaceAuthorization.FindAsync(
                session, code, Need.Read.WithAnyPermissionOf(session.Caller));
            return !found.Succeeded(out var workspace, out var fault) ? fault
                : workspace.OrganizationId != organization.Id ? AnotherOrganization
                : null;
        }
    }
}
