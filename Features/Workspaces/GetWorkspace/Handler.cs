using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

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
