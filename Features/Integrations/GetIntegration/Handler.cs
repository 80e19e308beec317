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

public static partial class GetIntegration
{
    public sealed record Query(Caller Caller, string Integration) : IQuery<Versioned<IntegrationObject>>;

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Versioned<IntegrationObject>>>
    {
        public async Task<Outcome<Versioned<IntegrationObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.IntegrationAsync(query.Caller, query.Integration, Need.Inspect(Permissions.Read));
            if (!found.Succeeded(out var integration, out var fault))
            {
                return fault;
            }

            return await session.ReadIntegrationAsync(integration.Id);
        }
    }
}
