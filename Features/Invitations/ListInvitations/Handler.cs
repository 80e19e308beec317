using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Invitations;

public static partial class ListInvitations
{
    /// <param name="Id">The code of the only one; null for all.</param>
    /// <param name="Q">Found in the address; nowhere for callers who may not see addresses.</param>
    public sealed record Query(
        Caller Caller,
        string Workspace,
        string? Status = null,
        string? Q = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit,
        string? Id = null) : IListQuery<InvitationObject>;

    private sealed class Handler(ConnectionFactory db) : ListHandler<Query, WorkspaceAccess, InvitationObject>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Query query, Session session) =>
            WorkspaceAuthorization.FindAsync(session, query.Workspace, Need.Inspect(Permissions.Read));

        protected override async Task<List<InvitationObject>> ListAsync(
            Query query, WorkspaceAccess workspace, PageRequest page, Session session)
        {
            var rows = await session.ListAsync<InvitationObject>(Sql.List, new
            {
                WorkspaceId = workspace.Id,
                query.Status,
                query.Id,
                Q = SearchText.Pattern(query.Q),
                SeesEmails = query.Caller.SeesEmails ? 1 : 0,
                session.Now,
                page.After,
                page.Take,
            });
            return rows.ConvertAll(invitation => invitation.SeenBy(query.Caller));
        }
    }
}
