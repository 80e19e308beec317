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

public static partial class RotateApiKey
{
    /// <param name="OverlapSeconds">How long the texts that open the key now go on doing so.</param>
    public sealed record Command(Caller Caller, string Key, long OverlapSeconds = 0, Precondition IfMatch = default)
        : ICommand<Versioned<ApiKeyObject>>;

    private static readonly Fault Expired =
        Fault.Conflict("invalid_transition", "The key has expired, and no text opens it any more; issue a new one.");

    private static readonly Fault OutlivesCaller =
        Fault.Forbidden("forbidden", "The key that you use expires earlier than this one, so you may not have a text of it.");

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<ApiKeyObject>>>
    {
        public Task<Outcome<Versioned<ApiKeyObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => RotateAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<ApiKeyObject>>> RotateAsync(Session session, Command command, DateTimeOffset now)
        {
            var caller = command.Caller;
            var found = await session.ApiKeyAsync(caller, command.Key, writes: true);
            if (!found.Succeeded(out var key, out var fault))
            {
                return fault;
            }

            if (!command.IfMatch.Allows(key.Version))
            {
                return Faults.PreconditionFailed;
            }

            // Whoever rotates a key holds it afterwards, so it may be no stronger than the caller. The owner alone can transfer
            // ownership, so a key that stands for the owner is stronger than any admin's.
            if (caller.ExpiresAt is { } end && !(key.ExpiresAt <= end))
            {
                return OutlivesCaller;
            }

            if (!caller.IsRoot && key.UserId != caller.UserId && key.HolderRole == Roles.Owner)
            {
                return Faults.RoleExceedsOwnRole;
            }

            if (key.ExpiresAt <= now)
            {
                return Expired;
            }

            var text = ApiKeyFormat.Create(key.Type);
            await session.ExecuteAsync(Sql.ForgetDead, new { key.Id, Now = now });
            await session.ExecuteAsync(Sql.LimitOld, new { key.Id, Until = now.AddSeconds(command.OverlapSeconds) });
            await session.ExecuteAsync(Sql.InsertSecret, new { Hash = ApiKeyFormat.Hash(text), key.Id });
            await session.ExecuteAsync(Sql.SetHint, new { key.Id, Hint = ApiKeyFormat.Hint(text) });

            var changes = new Changes().Set("prefix", key.Hint, ApiKeyFormat.Hint(text));
            await session.AppendAsync(now, "api_key.rotated", key.OrganizationCode, key.WorkspaceCode, ("api_key", key.Code), changes);
            var rotated = await session.ReadApiKeyAsync(key.Id);
            return rotated with { Value = rotated.Value with { Key = text } };
        }
    }
}
