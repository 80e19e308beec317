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

namespace WorkspaceService.Features.ApiKeys;

public static partial class GetApiKey
{
    public sealed record Query(Caller Caller, string Key) : IQuery<Versioned<ApiKeyObject>>;

    private sealed class Handler(ConnectionFactory db, ApiKeyAuthenticator callers) : IRequestHandler<Query, Outcome<Versioned<ApiKeyObject>>>
    {
        public async Task<Outcome<Versioned<ApiKeyObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.ApiKeyAsync(query.Caller, query.Key);
            if (!found.Succeeded(out var key, out var fault))
            {
                return fault;
            }

            var shown = await session.ReadApiKeyAsync(key.Id);
            return shown with { Value = shown.Value.UsedAt(callers.LastUsed(key.Id)) };
        }
    }
}
