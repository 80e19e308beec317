using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

public static partial class ListOrganizations
{
    /// <param name="Q">Found anywhere in name or slug, without regard to case and accents.</param>
    public sealed record Query(
        Caller Caller,
        string? Status = null,
        string? Q = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IListQuery<OrganizationObject>;

    private sealed class Handler(ConnectionFactory db) : ListHandler<Query, Caller, OrganizationObject>(db)
    {
        protected override ValueTask<Outcome<Caller>> FindAsync(Query query, Session session) =>
            new(query.Caller.May(Permissions.Read) ? query.Caller : Faults.Forbidden);

        protected override async Task<List<OrganizationObject>> ListAsync(
            Query query, Caller caller, PageRequest page, Session session)
        {
            // A key narrowed to a workspace does not see the organization.
            if (caller.WorkspaceId is not null)
            {
                return [];
            }

            var statement = caller.UserId is null ? Sql.List : Sql.ListOfUser;
            var rows = await session.ListAsync<OrganizationObject>(statement, new
            {
                caller.UserId,
                First = caller.OrganizationId ?? 0,
                Last = caller.OrganizationId ?? long.MaxValue,
                query.Status,
                Q = SearchText.Pattern(query.Q),
                page.After,
                page.Take,
            });
            return rows.ConvertAll(organization => organization.SeenBy(caller));
        }
    }
}
