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

namespace WorkspaceService.Features.JoinRequests;

public static partial class DenyJoinRequest
{
    public sealed record Command(Caller Caller, string Workspace, string Request, Precondition IfMatch = default)
        : ICommand<Versioned<JoinRequestObject>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<JoinRequestObject>>>
    {
        public Task<Outcome<Versioned<JoinRequestObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => DenyAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<JoinRequestObject>>> DenyAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.WorkspaceAsync(command.Caller, command.Workspace, Need.Manage(Permissions.MembersManage));
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            if (await session.FindJoinRequestAsync(workspace.Id, command.Request) is not { } request)
            {
                return Faults.NotFound;
            }

            if (!command.IfMatch.Allows(request.Version))
            {
                return Faults.PreconditionFailed;
            }

            return await session.EndJoinRequestAsync(workspace, request, "denied", now);
        }
    }
}
