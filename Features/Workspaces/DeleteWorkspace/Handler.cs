using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Workspaces;

public static partial class DeleteWorkspace
{
    /// <summary>Answers the workspace as it was last.</summary>
    public sealed record Command(Caller Caller, string Workspace, bool Force = false, Precondition IfMatch = default)
        : ICommand<WorkspaceObject>;

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, WorkspaceAccess, WorkspaceObject>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Command command, Session session) =>
            WorkspaceAuthorization.FindAsync(session, command.Workspace, WorkspaceLifecycle.Deleting);

        protected override async Task<Outcome<WorkspaceObject>> HandleAsync(
            Command command, WorkspaceAccess workspace, Session session)
        {
            if (await BlockingServiceLines.CloseAsync(session, workspace, command.Force) is { } refused)
            {
                return refused;
            }

            var (last, _) = await WorkspaceObject.ReadAsync(session, workspace.Id);
            var gone = new { workspace.Id, workspace.OrganizationId, session.Now };
            foreach (var key in await session.ListAsync<string>(Sql.RevokeKeys, gone))
            {
                await EventLog.AppendAsync(session, "api_key.revoked", workspace, ("api_key", key), new Changes());
            }

            await session.ExecuteAsync(Sql.DeleteServiceLines, gone);
            await session.ExecuteAsync(Sql.DeleteJoinRequests, gone);
            await session.ExecuteAsync(Sql.DeleteInvitations, gone);
            await session.ExecuteAsync(Sql.DeleteMembers, gone);
            await session.ExecuteAsync(Sql.Delete, gone);
            await session.ExecuteAsync(Sql.FreePlace, gone);
            var changes = new Changes()
                .Set("name", last.Name, null)
                .Set("slug", last.Slug, null)
                .Set("type", last.Type, null);
            await EventLog.AppendAsync(
                session, "workspace.deleted", workspace, ("workspace", workspace.Code), changes);
            return last;
        }
    }
}
