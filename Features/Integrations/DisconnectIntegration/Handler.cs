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

namespace WorkspaceService.Features.Integrations;

public static partial class DisconnectIntegration
{
    public sealed record Command(Caller Caller, string Integration, Precondition IfMatch = default) : ICommand<Done>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Done>>
    {
        public Task<Outcome<Done>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => DisconnectAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Done>> DisconnectAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.IntegrationAsync(command.Caller, command.Integration, Need.Manage(Permissions.Write));
            if (!found.Succeeded(out var integration, out var fault))
            {
                return fault;
            }

            if (!command.IfMatch.Allows(integration.Version))
            {
                return Faults.PreconditionFailed;
            }

            await session.ExecuteAsync(Sql.Delete, new { integration.Id });
            await session.AppendAsync(
                now,
                "integration.disconnected",
                integration.Workspace.OrganizationCode,
                integration.Workspace.Code,
                ("integration", integration.Code),
                new Changes().Set("type", integration.Type, null));
            return Done.It;
        }
    }
}
