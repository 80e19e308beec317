using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

public static partial class RetryWebhookDelivery
{
    public sealed record Command(Caller Caller, string Webhook, string Delivery, Precondition IfMatch = default)
        : ICommand<DeliveryObject>;

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, DeliveryObject, DeliveryObject>(db)
    {
        protected override ValueTask<Outcome<DeliveryObject>> FindAsync(Command command, Session session) =>
            WebhookAuthorization.FindDeliveryAsync(session, command.Webhook, command.Delivery, writes: true);

        protected override async Task<Outcome<DeliveryObject>> HandleAsync(
            Command command, DeliveryObject delivery, Session session)
        {
            await session.ExecuteAsync(Sql.Retry, new { delivery.Number, session.Now });
            session.Announce();
            return delivery with { Status = DeliveryObject.Pending, NextAttemptAt = session.Now };
        }
    }
}
