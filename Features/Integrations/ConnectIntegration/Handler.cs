using System.Text.Json.Nodes;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Integrations;

public static partial class ConnectIntegration
{
    public sealed record Command(Caller Caller, string? WorkspaceId, string? Type, JsonObject? Config = null)
        : ICommand<Versioned<IntegrationObject>>;

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, WorkspaceAccess, Versioned<IntegrationObject>>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Command command, Session session) =>
            WorkspaceAuthorization.FindAsync(session, command.WorkspaceId!, Need.Manage(Permissions.Write));

        protected override async Task<Outcome<Versioned<IntegrationObject>>> HandleAsync(
            Command command, WorkspaceAccess workspace, Session session)
        {
            var config = SecretRedaction.Hide(command.Config ?? [], command.Type);
            var (id, code) = await Codes.MintAsync(session, Codes.Integration);
            await session.ExecuteAsync(Sql.Insert, new
            {
                Id = id,
                Code = code,
                WorkspaceId = workspace.Id,
                workspace.OrganizationId,
                command.Type,
                Config = RawJson.Of(config),
                CreatedAt = session.Now,
            });

            var changes = Changes.Of("type", null, command.Type).SetConfig(null, config, command.Type);
            await EventLog.AppendAsync(session, "integration.connected", workspace, ("integration", code), changes);
            return await IntegrationObject.ReadAsync(session, id);
        }
    }
}
