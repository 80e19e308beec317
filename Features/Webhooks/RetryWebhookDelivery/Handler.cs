using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

public static partial class RetryWebhookDelivery
{
    public sealed record Command(Caller Caller, string Webhook, string Delivery) : ICommand<DeliveryObject>;

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, WebhookAccess, DeliveryObject>(db)
    {
        protected override ValueTask<Outcome<WebhookAccess>> FindAsync(Command command, Session session) =>
            WebhookAuthorization.FindAsync(session, command.Webhook, writes: true);

        protected override async Task<Outcome<DeliveryObject>> HandleAsync(
            Command command, WebhookAccess webhook, Session session)
        {
            var asked = new { WebhookId = webhook.Id, Code = command.Delivery, session.Now };
            if (await session.ExecuteAsync(Sql.Retry, asked) == 0)
            {
                return Faults.NotFound;
            }

            session.Announce();
            return (await session.FindAsync<DeliveryObject>(Sql.Read, asked))!;
        }
    }
}
