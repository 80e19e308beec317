using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

public static partial class TestWebhook
{
    public sealed record Command(Caller Caller, string Webhook, Precondition IfMatch = default) : ICommand<Response>;

    /// <param name="EventId">The event that is sent; its delivery is found by it.</param>
    public sealed record Response(string EventId);

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, WebhookAccess, Response>(db)
    {
        protected override ValueTask<Outcome<WebhookAccess>> FindAsync(Command command, Session session) =>
            WebhookAuthorization.FindAsync(session, command.Webhook, writes: true);

        protected override async Task<Outcome<Response>> HandleAsync(
            Command command, WebhookAccess webhook, Session session)
        {
            var id = await EventLog.AppendAsync(
                session,
                EventTypes.WebhookTest,
                webhook.OrganizationCode,
                webhook.WorkspaceCode,
                ("webhook", webhook.Code),
                []);
            return new Response(id);
        }
    }
}
