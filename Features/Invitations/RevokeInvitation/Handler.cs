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

public static partial class RevokeInvitation
{
    public sealed record Command(Caller Caller, string Workspace, string Invitation, Precondition IfMatch = default) : ICommand<Done>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Done>>
    {
        public Task<Outcome<Done>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => RevokeAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Done>> RevokeAsync(Session session, Command command, DateTimeOffset now)
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

            if (invitation.Status != "pending")
            {
                return InvitationLifecycle.NotPending(invitation.Status);
            }

            await session.CloseInvitationAsync(invitation, "revoked", now);
            return Done.It;
        }
    }
}
