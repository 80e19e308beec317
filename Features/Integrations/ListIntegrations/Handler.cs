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

public static partial class ListIntegrations
{
    public sealed record Query(
        Caller Caller,
        string? WorkspaceId = null,
        string? OrganizationId = null,
        string? Type = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IQuery<Page<IntegrationObject>>;

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Page<IntegrationObject>>>
    {
        public async Task<Outcome<Page<IntegrationObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var looked = await session.ListScopeAsync(query.Caller, query.WorkspaceId, query.OrganizationId, Need.Inspect(Permissions.Read));
            if (!looked.Succeeded(out var view, out var fault))
            {
                return fault;
            }

            var binding = Cursor.Binding(nameof(ListIntegrations), query.WorkspaceId, query.OrganizationId, query.Type);
            if (!Paging.After(binding, query.Cursor).Succeeded(out var after, out var damaged))
            {
                return damaged;
            }

            var rows = await session.ListAsync<IntegrationObject>(
                Statement(view.Extent),
                new { view.WorkspaceId, view.OrganizationId, query.Caller.UserId, query.Type, After = after, Take = query.Limit + 1 });
            return rows.ToPage(query.Limit, binding);
        }

        private static string Statement(Extent extent) => extent switch
        {
            Extent.Workspace => Sql.ListInWorkspace,
            Extent.Organization => Sql.ListInOrganization,
            Extent.Everything => Sql.ListAll,
            _ => Sql.ListByOwnRoles,
        };
    }
}
