using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Integrations;

public static partial class ListIntegrations
{
    /// <param name="Id">The code of the only one; null for all.</param>
    public sealed record Query(
        Caller Caller,
        string? WorkspaceId = null,
        string? OrganizationId = null,
        string? Type = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit,
        string? Id = null) : IListQuery<IntegrationObject>;

    private sealed class Handler(ConnectionFactory db) : ListHandler<Query, ListScope, IntegrationObject>(db)
    {
        protected override ValueTask<Outcome<ListScope>> FindAsync(Query query, Session session) =>
            ListScope.FindAsync(session, query.WorkspaceId, query.OrganizationId, Need.Inspect(Permissions.Read));

        protected override Task<List<IntegrationObject>> ListAsync(
            Query query, ListScope scope, PageRequest page, Session session) =>
            session.ListAsync<IntegrationObject>(Statement(scope.Extent), new
            {
                scope.WorkspaceId,
                scope.OrganizationId,
                query.Caller.UserId,
                query.Type,
                query.Id,
                page.After,
                page.Take,
            });

        private static string Statement(Extent extent) => extent switch
        {
            Extent.Workspace => Sql.ListInWorkspace,
            Extent.Organization => Sql.ListInOrganization,
            Extent.Everything => Sql.ListAll,
            _ => Sql.ListByOwnRoles,
        };
    }
}
