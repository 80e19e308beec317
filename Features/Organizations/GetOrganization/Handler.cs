using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

public static partial class GetOrganization
{
    public sealed record Query(Caller Caller, string Organization) : IQuery<Versioned<OrganizationObject>>;

    private sealed class Handler(ConnectionFactory db)
        : QueryHandler<Query, OrganizationAccess, Versioned<OrganizationObject>>(db)
    {
        protected override ValueTask<Outcome<OrganizationAccess>> FindAsync(Query query, Session session) =>
            OrganizationAuthorization.FindAsync(session, query.Organization, Need.Read);

        protected override async Task<Outcome<Versioned<OrganizationObject>>> HandleAsync(
            Query query, OrganizationAccess organization, Session session) =>
            (await OrganizationObject.ReadAsync(session, organization.Id)).Select(read => read.SeenBy(query.Caller));
    }
}
