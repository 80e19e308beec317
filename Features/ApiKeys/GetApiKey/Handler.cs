using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

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
