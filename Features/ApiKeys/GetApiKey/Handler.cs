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

    private sealed class Handler(ConnectionFactory db, ApiKeyAuthenticator authenticator)
        : QueryHandler<Query, ApiKeyAccess, Versioned<ApiKeyObject>>(db)
    {
        protected override ValueTask<Outcome<ApiKeyAccess>> FindAsync(Query query, Session session) =>
            ApiKeyAuthorization.FindAsync(session, query.Key);

        protected override async Task<Outcome<Versioned<ApiKeyObject>>> HandleAsync(
            Query query, ApiKeyAccess key, Session session) =>
            (await ApiKeyObject.ReadAsync(session, key.Id)).Select(k => k.UsedAt(authenticator.LastUsed(key.Id)));
    }
}
