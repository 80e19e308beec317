using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Workspaces;

public static partial class ArchiveWorkspace
{
    public sealed record Command(Caller Caller, string Workspace, bool Force = false, Precondition IfMatch = default)
        : ICommand<Versioned<WorkspaceObject>>;

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, WorkspaceAccess, Versioned<WorkspaceObject>>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Command command, Session session) =>
            WorkspaceAuthorization.FindAsync(
                session, command.Workspace, WorkspaceLifecycle.Archiving(command.Force));

        protected override async Task<Outcome<Versioned<WorkspaceObject>>> HandleAsync(
            Command command, WorkspaceAccess workspace, Session session)
        {
            if (await BlockingServiceLines.CloseAsync(session, workspace, command.Force) is { } refused)
            {
                return refused;
            }

            await session.ExecuteAsync(Sql.Archive, new { workspace.Id, session.Now });
            await EventLog.AppendAsync(
                session,
                "workspace.archived",
                workspace,
                ("workspace", workspace.Code),
                Changes.Of("status", WorkspaceLifecycle.Active, WorkspaceLifecycle.Archived));
            return await WorkspaceObject.ReadAsync(session, workspace.Id);
        }
    }
}
