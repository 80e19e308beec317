using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

public static partial class ListAllOrganizationMembers
{
    public sealed record Query(Caller Caller, string Organization) : IQuery<IReadOnlyList<MemberObject>>;

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<IReadOnlyList<MemberObject>>>
    {
        public async Task<Outcome<IReadOnlyList<MemberObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.OrganizationAsync(query.Caller, query.Organization, Need.Inspect(Permissions.Read));
            if (!found.Succeeded(out var organization, out var fault))
            {
                return fault;
            }

            var members = await session.ListAsync<MemberObject>(Sql.List, new { OrganizationId = organization.Id });
            return members.ConvertAll(member => member.SeenBy(query.Caller));
        }
    }
}
