using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Users;

public static partial class ListUserWorkspaces
{
    public sealed record Query(
        Caller Caller,
        string User,
        string? Status = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IListQuery<UserWorkspace>;

    private sealed class Handler(ConnectionFactory db) : ListHandler<Query, UserAccess, UserWorkspace>(db)
    {
        protected override ValueTask<Outcome<UserAccess>> FindAsync(Query query, Session session) =>
            UserAuthorization.FindReadableAsync(session, query.User);

        protected override Task<List<UserWorkspace>> ListAsync(
            Query query, UserAccess user, PageRequest page, Session session)
        {
            var caller = query.Caller;
            return session.ListAsync<UserWorkspace>(Sql.List, new
            {
                UserId = user.Id,
                CallerId = caller.UserId ?? 0,
                Everywhere = caller.UserId is null || caller.UserId == user.Id ? 1 : 0,
                OnlyOrganizationId = caller.OrganizationId,
                OnlyWorkspaceId = caller.WorkspaceId,
                query.Status,
                page.After,
                query.Limit,
                Month = Month.Of(session.Now),
            });
        }
    }
}
