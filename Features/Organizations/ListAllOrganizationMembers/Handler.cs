using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

public static partial class ListAllOrganizationMembers
{
    public sealed record Query(Caller Caller, string Organization) : IQuery<IReadOnlyList<MemberObject>>;

    private sealed class Handler(ConnectionFactory db)
        : QueryHandler<Query, OrganizationAccess, IReadOnlyList<MemberObject>>(db)
    {
        protected override ValueTask<Outcome<OrganizationAccess>> FindAsync(Query query, Session session) =>
            OrganizationAuthorization.FindAsync(session, query.Organization, Need.Inspect(Permissions.Read));

        protected override async Task<Outcome<IReadOnlyList<MemberObject>>> HandleAsync(
            Query query, OrganizationAccess organization, Session session)
        {
            var members = await session.ListAsync<MemberObject>(Sql.List, new { OrganizationId = organization.Id });
            return members.ConvertAll(member => member.SeenBy(query.Caller));
        }
    }
}
