using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.JoinRequests;

public static partial class WithdrawJoinRequest
{
    public sealed record Command(Caller Caller, string Workspace, string Request, Precondition IfMatch = default)
        : ICommand<Done>;

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, JoinRequestAccess, Done>(db)
    {
        // Only the requesting user withdraws; an admin denies.
        protected override async ValueTask<Outcome<JoinRequestAccess>> FindAsync(Command command, Session session)
        {
            var need = Need.Read with { Writes = true };
            return (await JoinRequestAuthorization.FindVisibleAsync(session, command.Workspace, command.Request, need))
                .Then<JoinRequestAccess>(found =>
                    found.Request.UserId == session.Caller.UserCode ? found : Faults.Forbidden);
        }

        protected override async Task<Outcome<Done>> HandleAsync(
            Command command, JoinRequestAccess target, Session session) =>
            (await JoinRequestLifecycle.EndAsync(
                session, target.Workspace, target.Request, JoinRequestLifecycle.Withdrawn)).ToDone();
    }
}
