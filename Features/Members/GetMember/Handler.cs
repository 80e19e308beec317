using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class GetMember
{
    public sealed record Query(Caller Caller, string Workspace, string User) : IQuery<Versioned<MemberObject>>;

    private sealed class Handler(ConnectionFactory db)
        : QueryHandler<Query, WorkspaceAccess, Versioned<MemberObject>>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Query query, Session session) =>
            WorkspaceAuthorization.FindAsync(session, query.Workspace, Need.Belong);

        protected override async Task<Outcome<Versioned<MemberObject>>> HandleAsync(
            Query query, WorkspaceAccess workspace, Session session)
        {
            var asked = new { WorkspaceId = workspace.Id, workspace.OrganizationId, query.User };
            return Codes.Is(Codes.User, query.User)
                && await session.FindAsync<MemberObject>(Sql.Find, asked) is { } member
                ? Versioned.Of(member.SeenBy(query.Caller))
                : Faults.NotFound;
        }
    }
}
