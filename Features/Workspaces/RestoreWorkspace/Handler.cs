using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Workspaces;

public static partial class RestoreWorkspace
{
    public sealed record Command(Caller Caller, string Workspace, Precondition IfMatch = default)
        : ICommand<Versioned<WorkspaceObject>>;

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, WorkspaceAccess, Versioned<WorkspaceObject>>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Command command, Session session) =>
            WorkspaceAuthorization.FindAsync(session, command.Workspace, WorkspaceLifecycle.Restoring);

        protected override async Task<Outcome<Versioned<WorkspaceObject>>> HandleAsync(
            Command command, WorkspaceAccess workspace, Session session)
        {
            if (!workspace.IsArchived)
            {
                return WorkspaceLifecycle.NotArchived;
            }

            await session.ExecuteAsync(Sql.Restore, new { workspace.Id, session.Now });
            await EventLog.AppendAsync(
                session,
                "workspace.restored",
                workspace,
                ("workspace", workspace.Code),
                Changes.Of("status", WorkspaceLifecycle.Archived, WorkspaceLifecycle.Active));
            await DefaultWorkspaces.FillAsync(session, workspace.Id);
            return await WorkspaceObject.ReadAsync(session, workspace.Id);
        }
    }
}
