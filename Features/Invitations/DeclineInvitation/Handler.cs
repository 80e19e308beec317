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

public static partial class DeclineInvitation
{
    public sealed record Command(Caller Caller, string Token, Precondition IfMatch = default) : ICommand<Versioned<InvitationObject>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<InvitationObject>>>
    {
        public Task<Outcome<Versioned<InvitationObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => DeclineAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<InvitationObject>>> DeclineAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.FindAnswerableAsync(command.Caller, command.Token, command.IfMatch, now);
            if (!found.Succeeded(out var invitation, out var fault))
            {
                return fault;
            }

            await session.CloseInvitationAsync(invitation, "declined", now);
            return await session.ReadInvitationAsync(invitation.Id, now);
        }
    }
}
