using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class ListMembers
{
    /// <param name="Include"><c>implicit</c> for the organization's owner and admins too (R3).</param>
    /// <param name="Status">The users' status: active or deactivated; null for both.</param>
    /// <param name="Q">Found in name or address; in the name alone for callers who may not see addresses.</param>
    public sealed record Query(
        Caller Caller,
        string Workspace,
        string? Include = null,
        string? Role = null,
        string? Status = null,
        string? Q = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IListQuery<MemberObject>;

    private sealed class Handler(ConnectionFactory db) : ListHandler<Query, WorkspaceAccess, MemberObject>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Query query, Session session) =>
            WorkspaceAuthorization.FindAsync(session, query.Workspace, Need.Belong);

        protected override async Task<List<MemberObject>> ListAsync(
            Query query, WorkspaceAccess workspace, PageRequest page, Session session)
        {
            var statement = query.Include is null ? Sql.List : Sql.ListWithImplicit;
            var rows = await session.ListCachedAsync<MemberObject>(statement, new
            {
                WorkspaceId = workspace.Id,
                workspace.OrganizationId,
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
