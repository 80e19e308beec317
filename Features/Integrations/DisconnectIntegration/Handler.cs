using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Integrations;

public static partial class DisconnectIntegration
{
    public sealed record Command(Caller Caller, string Integration, Precondition IfMatch = default) : ICommand<Done>;

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, IntegrationAccess, Done>(db)
    {
        protected override ValueTask<Outcome<IntegrationAccess>> FindAsync(Command command, Session session) =>
            IntegrationAuthorization.FindAsync(session, command.Integration, Need.Manage(Permissions.Write));

        protected override async Task<Outcome<Done>> HandleAsync(
            Command command, IntegrationAccess integration, Session session)
        {
            await session.ExecuteAsync(Sql.Delete, new { integration.Id });
            await EventLog.AppendAsync(
                session,
                "integration.disconnected",
                integration.Workspace,
                ("integration", integration.Code),
                Changes.Of("type", integration.Type, null));
            return Done.It;
        }
    }
}
