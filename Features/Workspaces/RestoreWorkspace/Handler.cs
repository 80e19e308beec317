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

public static partial class RestoreWorkspace
{
    public sealed record Command(Caller Caller, string Workspace, Precondition IfMatch = default) : ICommand<Versioned<WorkspaceObject>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<WorkspaceObject>>>
    {
        public Task<Outcome<Versioned<WorkspaceObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => RestoreAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<WorkspaceObject>>> RestoreAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.WorkspaceAsync(command.Caller, command.Workspace, WorkspaceLifecycle.Restoring);
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            if (!command.IfMatch.Allows(workspace.Version))
            {
                return Faults.PreconditionFailed;
            }

            if (await session.RestoreAsync(workspace, now) is { } refused)
            {
                return refused;
            }

            await session.FillDefaultWorkspaceAsync(workspace.Id, now);
            return await session.ReadWorkspaceAsync(workspace.Id, now);
        }
    }
}
