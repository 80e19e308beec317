using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ApiKeys;

public static partial class RevokeApiKey
{
    public sealed record Command(Caller Caller, string Key, Precondition IfMatch = default) : ICommand<Done>;

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, ApiKeyAccess, Done>(db)
    {
        protected override ValueTask<Outcome<ApiKeyAccess>> FindAsync(Command command, Session session) =>
            ApiKeyAuthorization.FindAsync(session, command.Key, writes: true);

        protected override async Task<Outcome<Done>> HandleAsync(Command command, ApiKeyAccess key, Session session)
        {
            await session.ExecuteAsync(Sql.Revoke, new { key.Id, RevokedAt = session.Now });
            await session.ExecuteAsync(Sql.ExpireSecrets, new { key.Id, RevokedAt = session.Now });
            await EventLog.AppendAsync(
                session, "api_key.revoked", key.OrganizationCode, key.WorkspaceCode, ("api_key", key.Code), []);
            return Done.It;
        }
    }
}
