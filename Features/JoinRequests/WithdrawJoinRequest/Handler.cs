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

public static partial class WithdrawJoinRequest
{
    public sealed record Command(Caller Caller, string Workspace, string Request, Precondition IfMatch = default)
        : ICommand<Done>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Done>>
    {
        public Task<Outcome<Done>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => WithdrawAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Done>> WithdrawAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.WorkspaceAsync(command.Caller, command.Workspace, Need.Read with { Writes = true });
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            // The request is its person's own: an admin who does not want it denies it, and to others it does not exist.
            if (await session.FindJoinRequestAsync(workspace.Id, command.Request) is not { } request)
            {
                return Faults.NotFound;
            }

            if (request.UserId != command.Caller.UserCode)
            {
                return workspace.Role == Roles.Admin ? Faults.Forbidden : Faults.NotFound;
            }

            if (!command.IfMatch.Allows(request.Version))
            {
                return Faults.PreconditionFailed;
            }

            var withdrawn = await session.EndJoinRequestAsync(workspace, request, "withdrawn", now);
            return withdrawn.Match<Outcome<Done>>(_ => Done.It, decided => decided);
        }
    }
}
