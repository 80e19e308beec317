using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

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
