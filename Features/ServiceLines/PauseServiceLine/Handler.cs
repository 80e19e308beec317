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

namespace WorkspaceService.Features.ServiceLines;

public static partial class PauseServiceLine
{
    public sealed record Command(Caller Caller, string ServiceLine, Precondition IfMatch = default) : ICommand<Versioned<ServiceLineObject>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<ServiceLineObject>>>
    {
        public Task<Outcome<Versioned<ServiceLineObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => PauseAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<ServiceLineObject>>> PauseAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.ServiceLineAsync(command.Caller, command.ServiceLine, Need.Manage(Permissions.ServiceLinesManage));
            if (!found.Succeeded(out var line, out var fault))
            {
                return fault;
            }

            if (!command.IfMatch.Allows(line.Version))
            {
                return Faults.PreconditionFailed;
            }

            if (await session.MoveServiceLineAsync(command.Caller, line, ServiceLineLifecycle.Paused, now) is { } refused)
            {
                return refused;
            }

            return await session.ReadServiceLineAsync(line.Id);
        }
    }
}
