using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

public static partial class ListWebhookDeliveries
{
    public sealed record Query(
        Caller Caller,
        string Webhook,
        string? Status = null,
        string? EventId = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IListQuery<DeliveryObject>;

    private sealed class Handler(ConnectionFactory db) : ListHandler<Query, WebhookAccess, DeliveryObject>(db)
    {
        protected override ValueTask<Outcome<WebhookAccess>> FindAsync(Query query, Session session) =>
            WebhookAuthorization.FindAsync(session, query.Webhook);

        protected override Task<List<DeliveryObject>> ListAsync(
            Query query, WebhookAccess webhook, PageRequest page, Session session)
        {
            var statement = query switch
            {
                { EventId: not null } => Sql.ListOfEvent,
                { Status: DeliveryObject.Delivered } => Sql.ListDelivered,
                { Status: not null } => Sql.ListUndelivered,
                _ => Sql.List,
            };
            return session.ListAsync<DeliveryObject>(statement, new
            {
                WebhookId = webhook.Id,
                query.Status,
                query.EventId,
                page.After,
                page.Take,
            });
        }
    }
}
