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

public static partial class GetInvitation
{
    public sealed record Query(Caller Caller, string Workspace, string Invitation) : IQuery<Versioned<InvitationObject>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Query, Outcome<Versioned<InvitationObject>>>
    {
        public async Task<Outcome<Versioned<InvitationObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.WorkspaceAsync(query.Caller, query.Workspace, Need.Inspect(Permissions.Read));
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            var now = clock.GetUtcNow();
            if (await session.FindInvitationAsync(workspace.Id, query.Invitation, now) is not { } row)
            {
                return Faults.NotFound;
            }

            var invitation = await session.ReadInvitationAsync(row.Id, now);
            return invitation with { Value = invitation.Value.SeenBy(query.Caller) };
        }
    }
}
