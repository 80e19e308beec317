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

namespace WorkspaceService.Features.Workspaces;

public static partial class GetWorkspace
{
    public sealed record Query(Caller Caller, string Workspace) : IQuery<Versioned<WorkspaceObject>>;

    private sealed class Handler(ConnectionFactory db)
        : QueryHandler<Query, WorkspaceAccess, Versioned<WorkspaceObject>>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Query query, Session session) =>
            WorkspaceAuthorization.FindAsync(session, query.Workspace, Need.Read);

        protected override async Task<Outcome<Versioned<WorkspaceObject>>> HandleAsync(
            Query query, WorkspaceAccess workspace, Session session) =>
            await WorkspaceObject.ReadAsync(session, workspace.Id);
    }
}
