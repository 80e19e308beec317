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
    public sealed record Query(Caller Caller, string Workspace, string Invitation)
        : IQuery<Versioned<InvitationObject>>;

    private sealed class Handler(ConnectionFactory db)
        : QueryHandler<Query, InvitationAccess, Versioned<InvitationObject>>(db)
    {
        protected override ValueTask<Outcome<InvitationAccess>> FindAsync(Query query, Session session) =>
            InvitationAuthorization.FindAsync(
                session, query.Workspace, query.Invitation, Need.Inspect(Permissions.Read));

        protected override async Task<Outcome<Versioned<InvitationObject>>> HandleAsync(
            Query query, InvitationAccess target, Session session) =>
            (await InvitationObject.ReadAsync(session, target.Invitation.Id))
                .Select(invitation => invitation.SeenBy(query.Caller));
    }
}
