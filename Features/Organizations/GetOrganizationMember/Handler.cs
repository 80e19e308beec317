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

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Versioned<MemberObject>>>
    {
        public async Task<Outcome<Versioned<MemberObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.OrganizationMemberAsync(
                query.Caller, query.Organization, query.User, Need.Inspect(Permissions.Read), orItself: true);
            if (!found.Succeeded(out var scope, out var fault))
            {
                return fault;
            }

            var read = await session.ReadOrganizationMemberAsync(scope.Organization.Id, scope.Member.UserId);
            return read with { Value = read.Value.SeenBy(query.Caller) };
        }
    }
}
