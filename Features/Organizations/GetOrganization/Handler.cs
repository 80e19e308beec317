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

public static partial class GetOrganization
{
    public sealed record Query(Caller Caller, string Organization) : IQuery<Versioned<OrganizationObject>>;

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Versioned<OrganizationObject>>>
    {
        public async Task<Outcome<Versioned<OrganizationObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.OrganizationAsync(query.Caller, query.Organization, Need.Read);
            if (!found.Succeeded(out var organization, out var fault))
            {
                return fault;
            }

            var read = await session.ReadOrganizationAsync(organization.Id);
            return read with { Value = read.Value.SeenBy(query.Caller) };
        }
    }
}
