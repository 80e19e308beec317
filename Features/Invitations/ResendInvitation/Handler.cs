using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Invitations;

public static partial class ResendInvitation
{
    /// <param name="ExpiresAt">Null for 7 days from now.</param>
    public sealed record Command(
        Caller Caller, string Workspace, string Invitation, DateTimeOffset? ExpiresAt = null, Precondition IfMatch = default)
        : ICommand<Versioned<InvitationObject>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<InvitationObject>>>
    {
        public Task<Outcome<Versioned<InvitationObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => ResendAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<InvitationObject>>> ResendAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.WorkspaceAsync(command.Caller, command.Workspace, Need.Manage(Permissions.MembersManage));
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            if (await session.FindInvitationAsync(workspace.Id, command.Invitation, now) is not { } invitation)
            {
                return Faults.NotFound;
            }

            if (!command.IfMatch.Allows(invitation.Version))
            {
                return Faults.PreconditionFailed;
            }

            if (!InvitationLifecycle.ExpiryOf(command.ExpiresAt, now).Succeeded(out var expiresAt, out var outOfRange))
            {
                return outOfRange;
            }

            var refusal = invitation.Status is not ("pending" or "expired") ? InvitationLifecycle.NotPending(invitation.Status)
                : invitation.ExceedsOrganizationRole ? Faults.RoleExceedsOrganizationRole
                : invitation.Status == "expired" ? await ReviveAsync(session, invitation, now)
                : null;
            if (refusal is not null)
            {
                return refusal;
            }

            var token = InvitationToken.Create();
            var renewed = new { invitation.Id, TokenHash = InvitationToken.Hash(token), ExpiresAt = expiresAt, Now = now };
            if (await session.ExecuteAsync(Sql.Renew, renewed) == 0)
            {
                return InvitationLifecycle.Pending;
            }

            var changes = new Changes()
                .Set("status", invitation.Status, "pending")
                .Set("expires_at", invitation.ExpiresAt, expiresAt);
            await session.AppendAsync(
                now, "invitation.resent", workspace.OrganizationCode, workspace.Code, ("invitation", invitation.Code), changes);

            var sent = await session.ReadInvitationAsync(invitation.Id, now);
            return sent with { Value = sent.Value with { Token = token } };
        }

        // An expired invitation has given its seat back, and the person may have come in on another road.
        private static async Task<Fault?> ReviveAsync(Session session, InvitationRow invitation, DateTimeOffset now)
        {
            if (invitation.InviteeWorkspaceRole is not null)
            {
                return Membership.AlreadyMember;
            }

            var seats = await session.HoldSeatsAsync(invitation.WorkspaceId, now);
            if (seats.Free == 0)
            {
                return Membership.SeatLimitReached(seats);
            }

            await session.ExpireInvitationAsync(invitation.WorkspaceId, invitation.EmailKey, now);
            return null;
        }
    }
}
