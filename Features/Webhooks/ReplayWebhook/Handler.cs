using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Webhooks;

public static partial class ReplayWebhook
{
    public sealed record Command(
        Caller Caller, string Webhook, long? After, long? Before = null, Precondition IfMatch = default)
        : ICommand<Response>;

    /// <param name="After">The first event that is sent again is the one after this sequence.</param>
    /// <param name="Before">The last one is before this sequence.</param>
    public sealed record Response(long After, long Before);

    private static readonly Fault BeyondTheEnd =
        Fault.Invalid("/after", "out_of_range", "The log has no event with this sequence yet.");

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, WebhookAccess, Response>(db)
    {
        protected override ValueTask<Outcome<WebhookAccess>> FindAsync(Command command, Session session) =>
            WebhookAuthorization.FindAsync(session, command.Webhook, writes: true);

        protected override async Task<Outcome<Response>> HandleAsync(
            Command command, WebhookAccess webhook, Session session)
        {
            // What has no place in the log yet is new, and sent anyway.
            var end = await session.ScalarAsync<long>(Sql.FindLast);
            if (command.After > end)
            {
                return BeyondTheEnd;
            }

            var last = Math.Min(end, (command.Before ?? long.MaxValue) - 1);
            var (id, _) = await Codes.MintAsync(session, Codes.Replay);
            await session.ExecuteAsync(
                Sql.Insert, new { Id = id, WebhookId = webhook.Id, Position = command.After, Last = last });
            session.Announce();
            return new Response(command.After!.Value, last + 1);
        }
    }
}
