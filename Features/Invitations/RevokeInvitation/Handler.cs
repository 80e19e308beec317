using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Invitations;

public static partial class RevokeInvitation
{
    public sealed record Command(Caller Caller, string Workspace, string Invitation, Precondition IfMatch = default)
        : ICommand<Done>;

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, InvitationAccess, Done>(db)
    {
        protected override ValueTask<Outcome<InvitationAccess>> FindAsync(Command command, Session session) =>
            InvitationAuthorization.FindAsync(
                session, command.Workspace, command.Invitation, Need.Manage(Permissions.MembersManage));

        protected override async Task<Outcome<Done>> HandleAsync(
            Command command, InvitationAccess target, Session session)
        {
            var invitation = target.Invitation;
            if (invitation.Status != InvitationLifecycle.Pending)
            {
                return InvitationLifecycle.NotPending(invitation.Status);
            }

            await InvitationLifecycle.CloseAsync(session, invitation, InvitationLifecycle.Revoked);
            return Done.It;
        }
    }
}
