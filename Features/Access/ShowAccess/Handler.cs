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

namespace WorkspaceService.Features.Access;

public static partial class ShowAccess
{
    public sealed record Query(Caller Caller, string Workspace, string? UserId, string? Role) : IQuery<AccessObject>;

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, AccessObject>(db)
    {
        protected override async Task<Outcome<AccessObject>> HandleAsync(Query query, Session session) =>
            (await AccessReader.AskAsync(session, new AccessKey(query.Workspace, query.UserId!)))
                .Then<AccessObject>(access => AccessObject.Of(access, query.Role!));
    }
}
