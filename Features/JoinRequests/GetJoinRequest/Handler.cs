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

namespace WorkspaceService.Features.JoinRequests;

public static partial class GetJoinRequest
{
    public sealed record Query(Caller Caller, string Workspace, string Request) : IQuery<Versioned<JoinRequestObject>>;

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, Versioned<JoinRequestObject>>(db)
    {
        protected override async Task<Outcome<Versioned<JoinRequestObject>>> HandleAsync(
            Query query, Session session) =>
            (await JoinRequestAuthorization.FindVisibleAsync(session, query.Workspace, query.Request, Need.Read))
                .Then<Versioned<JoinRequestObject>>(found => Versioned.Of(found.Request.SeenBy(query.Caller)));
    }
}
