using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

public static partial class GetWebhookDelivery
{
    public sealed record Query(Caller Caller, string Webhook, string Delivery) : IQuery<Versioned<DeliveryObject>>;

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, Versioned<DeliveryObject>>(db)
    {
        protected override async Task<Outcome<Versioned<DeliveryObject>>> HandleAsync(Query query, Session session) =>
            (await WebhookAuthorization.FindDeliveryAsync(session, query.Webhook, query.Delivery))
                .Then<Versioned<DeliveryObject>>(found => Versioned.Of(found));
    }
}
