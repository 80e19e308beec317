using System.Text.Json.Nodes;
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

public static partial class ConnectIntegration
{
    public sealed record Command(Caller Caller, string? WorkspaceId, string? Type, JsonObject? Config = null)
        : ICommand<Versioned<IntegrationObject>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<IntegrationObject>>>
    {
        public Task<Outcome<Versioned<IntegrationObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => ConnectAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<IntegrationObject>>> ConnectAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.WorkspaceAsync(command.Caller, command.WorkspaceId!, Need.Manage(Permissions.Write));
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            var given = command.Config ?? [];
            var shown = SecretRedaction.Hide(given);
            var (id, code) = await session.MintAsync(Codes.Integration, now);
            await session.ExecuteAsync(Sql.Insert, new
            {
                Id = id,
                Code = code,
                WorkspaceId = workspace.Id,
                workspace.OrganizationId,
                command.Type,
                Config = RawJson.Of(shown),
                Secrets = JsonNode.DeepEquals(given, shown) ? null : RawJson.Of(given).Text,
                CreatedAt = now,
            });

            var changes = new Changes().Set("type", null, command.Type).SetConfig(null, given);
            await session.AppendAsync(
                now, "integration.connected", workspace.OrganizationCode, workspace.Code, ("integration", code), changes);
            return await session.ReadIntegrationAsync(id);
        }
    }
}
