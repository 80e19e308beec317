using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

public static partial class GetOrganizationMember
{
    public sealed record Query(Caller Caller, string Organization, string User) : IQuery<Versioned<MemberObject>>;

    private sealed class Handler(ConnectionFactory db)
        : QueryHandler<Query, OrganizationMemberAccess, Versioned<MemberObject>>(db)
    {
        protected override ValueTask<Outcome<OrganizationMemberAccess>> FindAsync(Query query, Session session) =>
            OrganizationMemberAuthorization.FindAsync(
                session, query.Organization, query.User, Need.Inspect(Permissions.Read), orItself: true);

        protected override async Task<Outcome<Versioned<MemberObject>>> HandleAsync(
            Query query, OrganizationMemberAccess target, Session session)
        {
            var (organization, member) = target;
            var read = await MemberObject.ReadOfOrganizationAsync(session, organization.Id, member.UserId);
            return read.Select(shown => shown.SeenBy(query.Caller));
        }
    }
}
