using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

public static partial class UpdateWebhook
{
    public sealed record Command(Caller Caller, string Webhook, Body Patch, Precondition IfMatch = default)
        : ICommand<Versioned<WebhookObject>>;

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, WebhookAccess, Versioned<WebhookObject>>(db)
    {
        protected override ValueTask<Outcome<WebhookAccess>> FindAsync(Command command, Session session) =>
            WebhookAuthorization.FindAsync(session, command.Webhook, writes: true);

        protected override async Task<Outcome<Versioned<WebhookObject>>> HandleAsync(
            Command command, WebhookAccess webhook, Session session)
        {
            var patch = command.Patch;
            var before = (await WebhookObject.ReadAsync(session, webhook.Id)).Value;
            var after = before with
            {
                Url = patch.Url.Or(before.Url)!,
                Description = patch.Description.Or(before.Description)?.Trim(),
                EventList = patch.Events.IsGiven ? string.Join(' ', patch.Events.Value!.Distinct()) : before.EventList,
                Status = patch.Status.Or(before.Status)!,
            };
            var changes = new Changes()
                .Set("url", before.Url, after.Url)
                .Set("description", before.Description, after.Description)
                .Set("status", before.Status, after.Status);
            if (before.EventList != after.EventList)
            {
                changes.Set("events", before.Events, after.Events);
            }

            if (changes.Count > 0)
            {
                await session.ExecuteAsync(Sql.Update, new
                {
                    webhook.Id,
                    after.Url,
                    after.Description,
                    Events = after.EventList,
                    after.Status,
                });
                await EventLog.AppendAsync(
                    session,
                    "webhook.updated",
                    webhook.OrganizationCode,
                    webhook.WorkspaceCode,
                    ("webhook", webhook.Code),
                    changes);
            }

            return await WebhookObject.ReadAsync(session, webhook.Id);
        }
    }
}
