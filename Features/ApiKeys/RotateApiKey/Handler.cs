using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ApiKeys;

public static partial class RotateApiKey
{
    /// <param name="OverlapSeconds">How long the texts that open the key now go on doing so.</param>
    public sealed record Command(Caller Caller, string Key, long OverlapSeconds = 0, Precondition IfMatch = default)
        : ICommand<Versioned<ApiKeyObject>>;

    private static readonly Fault Expired =
        Fault.Conflict("invalid_transition", "The key has expired, and no text opens it any more; issue a new one.");

    private static readonly Fault OutlivesCaller =
        Fault.Forbidden(
            "forbidden", "The key that you use expires earlier than this one, so you may not have a text of it.");

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, ApiKeyAccess, Versioned<ApiKeyObject>>(db)
    {
        protected override ValueTask<Outcome<ApiKeyAccess>> FindAsync(Command command, Session session) =>
            ApiKeyAuthorization.FindAsync(session, command.Key, writes: true);

        protected override async Task<Outcome<Versioned<ApiKeyObject>>> HandleAsync(
            Command command, ApiKeyAccess key, Session session)
        {
            // The caller gets the new key, so the key may not exceed the caller: it must not expire later, and an admin
            // must not rotate the owner's key.
            var caller = session.Caller;
            if (caller.ExpiresAt is { } end && !(key.ExpiresAt <= end))
            {
                return OutlivesCaller;
            }

            if (!caller.IsRoot && key.UserId != caller.UserId && key.HolderRole == Roles.Owner)
            {
                return Faults.RoleExceedsOwnRole;
            }

            if (key.ExpiresAt <= session.Now)
            {
                return Expired;
            }

            var text = ApiKeyFormat.Create(key.Type);
            var overlapEnd = session.Now.AddSeconds(command.OverlapSeconds);
            await session.ExecuteAsync(Sql.DeleteExpired, new { key.Id, session.Now });
            await session.ExecuteAsync(Sql.ExpireOld, new { key.Id, Until = overlapEnd });
            await session.ExecuteAsync(Sql.InsertSecret, new { Hash = SecretText.Hash(text), key.Id });
            await session.ExecuteAsync(Sql.SetHint, new { key.Id, Hint = ApiKeyFormat.Hint(text) });

            var changes = Changes.Of("prefix", key.Hint, ApiKeyFormat.Hint(text));
            await EventLog.AppendAsync(
                session, "api_key.rotated", key.OrganizationCode, key.WorkspaceCode, ("api_key", key.Code), changes);
            return (await ApiKeyObject.ReadAsync(session, key.Id)).Select(rotated => rotated with { Key = text });
        }
    }
}
