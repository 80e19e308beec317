using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

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
