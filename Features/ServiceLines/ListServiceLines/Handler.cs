using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ServiceLines;

public static partial class ListServiceLines
{
    public sealed record Query(
        Caller Caller,
        string? WorkspaceId = null,
        string? OrganizationId = null,
        string? Status = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IListQuery<ServiceLineObject>;

    private sealed class Handler(ConnectionFactory db) : ListHandler<Query, ListScope, ServiceLineObject>(db)
    {
        protected override ValueTask<Outcome<ListScope>> FindAsync(Query query, Session session) =>
            ListScope.FindAsync(session, query.WorkspaceId, query.OrganizationId, Need.Belong);

        protected override Task<List<ServiceLineObject>> ListAsync(
            Query query, ListScope scope, PageRequest page, Session session) =>
            session.ListAsync<ServiceLineObject>(Statement(scope.Extent, query.Status is not null), new
            {
                scope.WorkspaceId,
                scope.OrganizationId,
                query.Caller.UserId,
                query.Status,
                page.After,
                page.Take,
            });

        // One statement per index, because a cached plan serves all parameter values.
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
