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

public static partial class RevokeApiKey
{
    public sealed record Command(Caller Caller, string Key, Precondition IfMatch = default) : ICommand<Done>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Done>>
    {
        public Task<Outcome<Done>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => RevokeAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Done>> RevokeAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.ApiKeyAsync(command.Caller, command.Key, writes: true);
            if (!found.Succeeded(out var key, out var fault))
            {
                return fault;
            }

            if (!command.IfMatch.Allows(key.Version))
            {
                return Faults.PreconditionFailed;
            }

            await session.ExecuteAsync(Sql.Revoke, new { key.Id, RevokedAt = now });
            await session.ExecuteAsync(Sql.ForgetSecrets, new { key.Id });
            await session.AppendAsync(now, "api_key.revoked", key.OrganizationCode, key.WorkspaceCode, ("api_key", key.Code), Changes.None);
            return Done.It;
        }
    }
}
