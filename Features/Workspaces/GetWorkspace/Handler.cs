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

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Query, Outcome<Versioned<WorkspaceObject>>>
    {
        public async Task<Outcome<Versioned<WorkspaceObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.WorkspaceAsync(query.Caller, query.Workspace, Need.Read);
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            return await session.ReadWorkspaceAsync(workspace.Id, clock.GetUtcNow());
        }
    }
}
