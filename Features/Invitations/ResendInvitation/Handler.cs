using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Invitations;

public static partial class ResendInvitation
{
    /// <param name="ExpiresAt">Null for 7 days from now.</param>
    public sealed record Command(
        Caller Caller,
        string Workspace,
        string Invitation,
        DateTimeOffset? ExpiresAt = null,
        Precondition IfMatch = default) : ICommand<Versioned<InvitationObject>>;

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, InvitationAccess, Versioned<InvitationObject>>(db)
    {
        protected override ValueTask<Outcome<InvitationAccess>> FindAsync(Command command, Session session) =>
            InvitationAuthorization.FindAsync(
                session, command.Workspace, command.Invitation, Need.Manage(Permissions.MembersManage));

        protected override async Task<Outcome<Versioned<InvitationObject>>> HandleAsync(
            Command command, InvitationAccess target, Session session)
        {
            var (workspace, invitation) = target;
            if (!InvitationLifecycle.ExpiryOf(command.ExpiresAt, session.Now)
                .Succeeded(out var expiresAt, out var outOfRange))
            {
                return outOfRange;
            }

            var refusal =
                invitation.Status is not (InvitationLifecycle.Pending or InvitationLifecycle.Expired)
                    ? InvitationLifecycle.NotPending(invitation.Status)
                : invitation.DeactivationFault is { } deactivated ? deactivated
                : invitation.CeilingFault is { } exceeds ? exceeds
                : invitation.Status == InvitationLifecycle.Expired ? await RenewAsync(session, invitation)
                : null;
            if (refusal is not null)
            {
                return refusal;
            }

            var token = SecretText.Create("inv_");
            var renewed = new
            {
                invitation.Id,
                TokenHash = SecretText.Hash(token),
                ExpiresAt = expiresAt,
                session.Now,
            };
            if (await session.ExecuteAsync(Sql.Renew, renewed) == 0)
            {
                return InvitationLifecycle.AlreadyPending;
            }

            var changes = new Changes()
                .Set("status", invitation.Status, InvitationLifecycle.Pending)
                .Set("expires_at", invitation.ExpiresAt, expiresAt);
            await EventLog.AppendAsync(
                session, "invitation.resent", workspace, ("invitation", invitation.Code), changes);
            return (await InvitationObject.ReadAsync(session, invitation.Id))
                .Select(sent => sent with { Token = token });
        }

        // An expired invitation takes no seat, and the invitee may be a member by now.
        private static async Task<Fault?> RenewAsync(Session session, InvitationRow invitation)
        {
            if (invitation.InviteeWorkspaceRole is not null)
            {
                return Membership.AlreadyMember;
            }

            var seats = await Membership.CountSeatsAsync(session, invitation.WorkspaceId);
            if (seats.Free == 0)
            {
                return Membership.SeatLimitReached(seats);
            }

            await InvitationLifecycle.ExpireAsync(session, invitation.WorkspaceId, invitation.EmailKey);
            return null;
        }
    }
}
