using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

public static partial class GetWebhook
{
    public sealed record Query(Caller Caller, string Webhook) : IQuery<Versioned<WebhookObject>>;

    private sealed class Handler(ConnectionFactory db)
        : QueryHandler<Query, WebhookAccess, Versioned<WebhookObject>>(db)
    {
        protected override ValueTask<Outcome<WebhookAccess>> FindAsync(Query query, Session session) =>
            WebhookAuthorization.FindAsync(session, query.Webhook);

        protected override async Task<Outcome<Versioned<WebhookObject>>> HandleAsync(
            Query query, WebhookAccess webhook, Session session) =>
            await WebhookObject.ReadAsync(session, webhook.Id);
    }
}
