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

namespace WorkspaceService.Features.ServiceLines;

public static partial class GetServiceLine
{
    public sealed record Query(Caller Caller, string ServiceLine) : IQuery<Versioned<ServiceLineObject>>;

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Versioned<ServiceLineObject>>>
    {
        public async Task<Outcome<Versioned<ServiceLineObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.ServiceLineAsync(query.Caller, query.ServiceLine, Need.Belong);
            if (!found.Succeeded(out var line, out var fault))
            {
                return fault;
            }

            return await session.ReadServiceLineAsync(line.Id);
        }
    }
}
