using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Dispatch;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

public static partial class RotateWebhookSecret
{
    /// <param name="OverlapSeconds">How long the secret that signs now goes on doing so.</param>
    public sealed record Command(Caller Caller, string Webhook, long OverlapSeconds = 0, Precondition IfMatch = default)
        : ICommand<Versioned<WebhookObject>>;

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, WebhookAccess, Versioned<WebhookObject>>(db)
    {
        protected override ValueTask<Outcome<WebhookAccess>> FindAsync(Command command, Session session) =>
            WebhookAuthorization.FindAsync(session, command.Webhook, writes: true);

        protected override async Task<Outcome<Versioned<WebhookObject>>> HandleAsync(
            Command command, WebhookAccess webhook, Session session)
        {
            var secret = WebhookSecret.Create();
            var end = session.Now.AddSeconds(command.OverlapSeconds);
            await session.ExecuteAsync(Sql.Rotate, new { webhook.Id, Secret = secret, Until = end, session.Now });
            await EventLog.AppendAsync(
                session,
                "webhook.secret_rotated",
                webhook.OrganizationCode,
                webhook.WorkspaceCode,
                ("webhook", webhook.Code),
                Changes.Of("previous_secret_until", null, end));
            return (await WebhookObject.ReadAsync(session, webhook.Id))
                .Select(rotated => rotated with { Secret = secret });
        }
    }
}
