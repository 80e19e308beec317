using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class ListAllMembers
{
    public sealed record Query(Caller Caller, string Workspace) : IQuery<IReadOnlyList<MemberObject>>;

    private sealed class Handler(ConnectionFactory db)
        : QueryHandler<Query, WorkspaceAccess, IReadOnlyList<MemberObject>>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Query query, Session session) =>
            WorkspaceAuthorization.FindAsync(session, query.Workspace, Need.Belong);

        protected override async Task<Outcome<IReadOnlyList<MemberObject>>> HandleAsync(
            Query query, WorkspaceAccess workspace, Session session)
        {
            var members = await session.ListAsync<MemberObject>(Sql.List, new { WorkspaceId = workspace.Id });
            return members.ConvertAll(member => member.SeenBy(query.Caller));
        }
    }
}
