using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

public static partial class ListOrganizationMembers
{
    /// <param name="Q">Found anywhere in name or e-mail address, without regard to case and accents.</param>
    public sealed record Query(
        Caller Caller,
        string Organization,
        string? Role = null,
        string? Status = null,
        string? Q = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IListQuery<MemberObject>;

    private sealed class Handler(ConnectionFactory db) : ListHandler<Query, OrganizationAccess, MemberObject>(db)
    {
        protected override ValueTask<Outcome<OrganizationAccess>> FindAsync(Query query, Session session) =>
            OrganizationAuthorization.FindAsync(session, query.Organization, Need.Inspect(Permissions.Read));

        protected override async Task<List<MemberObject>> ListAsync(
            Query query, OrganizationAccess organization, PageRequest page, Session session)
        {
            var rows = await session.ListAsync<MemberObject>(Sql.List, new
            {
                OrganizationId = organization.Id,
                query.Role,
                query.Status,
                Q = SearchText.Pattern(query.Q),
                SeesEmails = query.Caller.SeesEmails ? 1 : 0,
                page.After,
                page.Take,
            });
            return rows.ConvertAll(member => member.SeenBy(query.Caller));
        }
    }
}
