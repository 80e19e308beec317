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

namespace WorkspaceService.Features.Workspaces;

public static partial class ListAllWorkspaces
{
    public sealed record Query(Caller Caller, string Organization) : IQuery<IReadOnlyList<WorkspaceRow>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Query, Outcome<IReadOnlyList<WorkspaceRow>>>
    {
        public async Task<Outcome<IReadOnlyList<WorkspaceRow>>> Handle(Query query, CancellationToken ct)
        {
            var caller = query.Caller;
            await using var session = await db.OpenAsync(ct);
            long organizationId;
            string? role;

            // To a key that reaches one workspace the organization around it does not exist.
            if (caller.WorkspaceCode is { } only)
            {
                var found = await session.WorkspaceAsync(caller, only, Need.Read);
                if (!found.Succeeded(out var workspace, out var fault))
                {
                    return fault;
                }

                (organizationId, role) = (workspace.OrganizationId, workspace.OrganizationRole);
            }
            else
            {
                var found = await session.OrganizationAsync(caller, query.Organization, Need.Read);
                if (!found.Succeeded(out var organization, out var fault))
                {
                    return fault;
                }

                (organizationId, role) = (organization.Id, organization.Role);
            }

            return await session.ListAsync<WorkspaceRow>(Sql.List, new
            {
                OrganizationId = organizationId,
                caller.WorkspaceId,
                UserId = caller.UserId ?? 0,
                SeesAll = caller.IsService || Roles.Rank(role) >= Roles.Rank(Roles.Admin) ? 1 : 0,
                SeesShared = Roles.Rank(role) >= Roles.Rank(Roles.Member) ? 1 : 0,
                Month = Month.Of(clock.GetUtcNow()),
            });
        }
    }
}
