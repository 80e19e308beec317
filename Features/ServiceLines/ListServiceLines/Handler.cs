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

public static partial class ListServiceLines
{
    public sealed record Query(
        Caller Caller,
        string? WorkspaceId = null,
        string? OrganizationId = null,
        string? Status = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IQuery<Page<ServiceLineObject>>;

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Page<ServiceLineObject>>>
    {
        public async Task<Outcome<Page<ServiceLineObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var looked = await session.ListScopeAsync(query.Caller, query.WorkspaceId, query.OrganizationId, Need.Belong);
            if (!looked.Succeeded(out var view, out var fault))
            {
                return fault;
            }

            var binding = Cursor.Binding(nameof(ListServiceLines), query.WorkspaceId, query.OrganizationId, query.Status);
            if (!Paging.After(binding, query.Cursor).Succeeded(out var after, out var damaged))
            {
                return damaged;
            }

            var rows = await session.ListAsync<ServiceLineObject>(
                Statement(view.Extent, query.Status is not null),
                new { view.WorkspaceId, view.OrganizationId, query.Caller.UserId, query.Status, After = after, Take = query.Limit + 1 });
            return rows.ToPage(query.Limit, binding);
        }

        // One statement for each index that can answer: a plan is made once, whatever the parameters are then.
        private static string Statement(Extent extent, bool byStatus) => (extent, byStatus) switch
        {
            (Extent.Workspace, false) => Sql.ListInWorkspace,
            (Extent.Workspace, true) => Sql.ListInWorkspaceByStatus,
            (Extent.Organization, false) => Sql.ListInOrganization,
            (Extent.Organization, true) => Sql.ListInOrganizationByStatus,
            (Extent.Everything, false) => Sql.ListAll,
            (Extent.Everything, true) => Sql.ListAllByStatus,
            _ => Sql.ListByOwnRoles,
        };
    }
}
