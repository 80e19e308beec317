using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.JoinRequests;

public static partial class ListJoinRequests
{
    /// <param name="Id">The code of the only one; null for all.</param>
    /// <param name="Status">Null for all.</param>
    public sealed record Query(
        Caller Caller,
        string Workspace,
        string? Status = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit,
        string? Id = null) : IListQuery<JoinRequestObject>;

    private sealed class Handler(ConnectionFactory db) : ListHandler<Query, WorkspaceAccess, JoinRequestObject>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Query query, Session session) =>
            WorkspaceAuthorization.FindAsync(session, query.Workspace, Need.Inspect(Permissions.Read));

        protected override async Task<List<JoinRequestObject>> ListAsync(
            Query query, WorkspaceAccess workspace, PageRequest page, Session session)
        {
            var rows = await session.ListAsync<JoinRequestObject>(
                Sql.List, new { WorkspaceId = workspace.Id, query.Status, query.Id, page.After, page.Take });
            return rows.ConvertAll(request => request.SeenBy(query.Caller));
        }
    }
}
