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
        protected override async ValueTask<Outcome<DeliveryObject>> FindAsync(Command command, Session session)
        {
            var reached = await WebhookAuthorization.FindAsync(session, command.Webhook, writes: true);
            if (!reached.Succeeded(out var webhook, out var fault))
            {
                return fault;
            }

            var asked = new { WebhookId = webhook.Id, command.Delivery };
            return await session.FindAsync<DeliveryObject>(Sql.Find, asked) is { } found ? found : Faults.NotFound;
        }

        protected override async Task<Outcome<DeliveryObject>> HandleAsync(
            Command command, DeliveryObject delivery, Session session)
        {
            await session.ExecuteAsync(Sql.Retry, new { delivery.Number, session.Now });
            session.Announce();
            return delivery with { Status = DeliveryObject.Pending, NextAttemptAt = session.Now };
        }
    }
}
