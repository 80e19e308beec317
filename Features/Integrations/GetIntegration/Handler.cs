using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Integrations;

public static partial class GetIntegration
{
    public sealed record Query(Caller Caller, string Integration) : IQuery<Versioned<IntegrationObject>>;

    private sealed class Handler(ConnectionFactory db)
        : QueryHandler<Query, IntegrationAccess, Versioned<IntegrationObject>>(db)
    {
        protected override ValueTask<Outcome<IntegrationAccess>> FindAsync(Query query, Session session) =>
            IntegrationAuthorization.FindAsync(session, query.Integration, Need.Inspect(Permissions.Read));

        protected override async Task<Outcome<Versioned<IntegrationObject>>> HandleAsync(
            Query query, IntegrationAccess integration, Session session) =>
            await IntegrationObject.ReadAsync(session, integration.Id);
    }
}
