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

public static partial class DeleteWorkspace
{
    /// <summary>Answers the workspace as it was last.</summary>
    public sealed record Command(Caller Caller, string Workspace, bool Force = false, Precondition IfMatch = default)
        : ICommand<WorkspaceObject>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<WorkspaceObject>>
    {
        private static readonly Need Deleting = Need.Manage(Permissions.Write) with { OfOrganization = true, InArchived = true };

        public Task<Outcome<WorkspaceObject>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => DeleteAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<WorkspaceObject>> DeleteAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.WorkspaceAsync(command.Caller, command.Workspace, Deleting);
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            if (!command.IfMatch.Allows(workspace.Version))
            {
                return Faults.PreconditionFailed;
            }

            if (await session.CloseBlockingLinesAsync(workspace, command.Force, now) is { } refused)
            {
                return refused;
            }

            var (last, _) = await session.ReadWorkspaceAsync(workspace.Id, now);
            var gone = new { workspace.Id, workspace.OrganizationId, Now = now };
            foreach (var key in await session.ListAsync<string>(Sql.RevokeKeys, gone))
            {
                await session.AppendAsync(
                    now, "api_key.revoked", workspace.OrganizationCode, workspace.Code, ("api_key", key), Changes.None);
            }

            await session.ExecuteAsync(Sql.DeleteServiceLines, gone);
            await session.ExecuteAsync(Sql.DeleteJoinRequests, gone);
            await session.ExecuteAsync(Sql.DeleteInvitations, gone);
            await session.ExecuteAsync(Sql.DeleteMembers, gone);
            await session.ExecuteAsync(Sql.Delete, gone);
            await session.ExecuteAsync(Sql.FreePlace, gone);

            var changes = new Changes().Set("name", last.Name, null).Set("slug", last.Slug, null).Set("type", last.Type, null);
            await session.AppendAsync(
                now, "workspace.deleted", workspace.OrganizationCode, workspace.Code, ("workspace", workspace.Code), changes);
            return last;
        }
    }
}
