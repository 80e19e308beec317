using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Invitations;

public static partial class DeclineInvitation
{
    public sealed record Command(Caller Caller, string Token, Precondition IfMatch = default)
        : ICommand<Versioned<InvitationObject>>;

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, InvitationRow, Versioned<InvitationObject>>(db)
    {
        protected override ValueTask<Outcome<InvitationRow>> FindAsync(Command command, Session session) =>
            InvitationAuthorization.FindAnswerableAsync(session, command.Token);

        protected override async Task<Outcome<Versioned<InvitationObject>>> HandleAsync(
            Command command, InvitationRow invitation, Session session)
        {
            await InvitationLifecycle.CloseAsync(session, invitation, InvitationLifecycle.Declined);
            return await InvitationObject.ReadAsync(session, invitation.Id);
        }
    }
}
