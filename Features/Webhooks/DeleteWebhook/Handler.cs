using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

public static partial class DeleteWebhook
{
    public sealed record Command(Caller Caller, string Webhook, Precondition IfMatch = default) : ICommand<Done>;

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, WebhookAccess, Done>(db)
    {
        protected override ValueTask<Outcome<WebhookAccess>> FindAsync(Command command, Session session) =>
            WebhookAuthorization.FindAsync(session, command.Webhook, writes: true);

        protected override async Task<Outcome<Done>> HandleAsync(
            Command command, WebhookAccess webhook, Session session)
        {
            await session.ExecuteAsync(Sql.Delete, new { webhook.Id });
            await EventLog.AppendAsync(
                session,
                "webhook.deleted",
                webhook.OrganizationCode,
                webhook.WorkspaceCode,
                ("webhook", webhook.Code),
                Changes.Of("status", webhook.Status, null));
            return Done.It;
        }
    }
}
