using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

public static partial class GetWebhookDelivery
{
    public sealed record Query(Caller Caller, string Webhook, string Delivery) : IQuery<Versioned<DeliveryObject>>;

    private sealed class Handler(ConnectionFactory db)
        : QueryHandler<Query, WebhookAccess, Versioned<DeliveryObject>>(db)
    {
        protected override ValueTask<Outcome<WebhookAccess>> FindAsync(Query query, Session session) =>
            WebhookAuthorization.FindAsync(session, query.Webhook);

        protected override async Task<Outcome<Versioned<DeliveryObject>>> HandleAsync(
            Query query, WebhookAccess webhook, Session session)
        {
            var asked = new { WebhookId = webhook.Id, Code = query.Delivery };
            return await session.FindAsync<DeliveryObject>(Sql.Find, asked) is { } found
                ? Versioned.Of(found)
                : Faults.NotFound;
        }
    }
}
