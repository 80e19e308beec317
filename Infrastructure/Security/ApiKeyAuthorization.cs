using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>An API key and the caller's role in its organization.</summary>
public sealed record ApiKeyAccess : IVersioned
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    /// <summary>root, user, secret or publishable.</summary>
    public string Type { get; init; } = "";

    public string Hint { get; init; } = "";

    public long? UserId { get; init; }

    public long? OrganizationId { get; init; }

    public string? OrganizationCode { get; init; }

    public string? OrganizationStatus { get; init; }

    public long? WorkspaceId { get; init; }

    public string? WorkspaceCode { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public long Version { get; init; }

    /// <summary>The role of the key's user in the key's organization; null for none.</summary>
    public string? HolderRole { get; init; }

    /// <summary>The caller's role in the key's organization; null for none.</summary>
    public string? CallerRole { get; init; }
}

/// <summary>
/// Authorization for API keys. Root sees and manages all of them; a user its own; an organization's owner and admins
/// its service keys and the user keys narrowed to it; a narrowed caller only keys narrowed at least as much. A service
/// key manages no keys, and the old text of a rotated key changes none.
/// </summary>
public static class ApiKeyAuthorization
{
    internal static readonly Fault OldText = Fault.Forbidden(
        "forbidden", "The key was rotated; only its new text may issue, rotate and revoke keys.");

    /// <summary>
    /// Whether the caller may issue, rotate and revoke keys at all; otherwise <c>forbidden</c>, or
    /// <c>unauthenticated</c> for a key that is revoked by now. Asks the database: the text may have been replaced or
    /// revoked since the caller was authenticated.
    /// </summary>
    public static async ValueTask<Outcome<Done>> MayChangeKeysAsync(Session session)
    {
        var caller = session.Caller;
        await WriteLocks.ApiKeysAsync(session, caller.KeyId);
        if (caller.IsService)
        {
            return Faults.Forbidden;
        }

        if (caller.HasOldText)
        {
            return OldText;
        }

        return caller.TextHash is not { } hash ? Done.It
            : await session.ScalarAsync<string?>(Sql.FindText, new { Hash = hash }) switch
            {
                "current" => Done.It,
                "revoked" => Faults.Unauthenticated,
                _ => OldText,
            };
    }

    /// <summary>
    /// The key with this code. Faults: <c>not_found</c>, <c>forbidden</c>, and for a write
    /// <c>organization_suspended</c>.
    /// </summary>
    public static async ValueTask<Outcome<ApiKeyAccess>> FindAsync(Session session, string code, bool writes = false)
    {
        var caller = session.Caller;
        if (writes)
        {
            await WriteLocks.ApiKeysAsync(session, caller.KeyId, code);
        }

        if (!Codes.Is(Codes.ApiKey, code)
            || await session.FindAsync<ApiKeyAccess>(Sql.Find, new { Code = code, UserId = caller.UserId ?? 0 })
                is not { } key
            || !IsVisible(caller, key))
        {
            return Faults.NotFound;
        }

        if (key.OrganizationCode is { } organization)
        {
            caller.AsksFor(organization, key.WorkspaceCode);
        }

        if (caller.IsService)
        {
            return Faults.Forbidden;
        }

        if (writes && !(await MayChangeKeysAsync(session)).Succeeded(out _, out var fault))
        {
            return fault;
        }

        return writes && key.OrganizationStatus is not (null or OrganizationSettings.Active) && !caller.IsRoot
                ? Faults.OrganizationSuspended
            : key;
    }

    private static bool IsVisible(Caller caller, ApiKeyAccess key)
    {
        var isInScope = caller.Reaches(key.OrganizationId)
            && (caller.WorkspaceId is null || caller.WorkspaceId == key.WorkspaceId);

        return caller.IsRoot
            || (isInScope
                && (caller.IsService || key.UserId == caller.UserId
                    || Roles.Rank(key.CallerRole) >= Roles.Rank(Roles.Admin)));
    }

    private static class Sql
    {
        // A text that was replaced by a rotation has an end; no row: it has ended.
        public const string FindText = """
            SELECT CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked'
                        WHEN s.expires_at IS NULL THEN 'current'
                        ELSE 'replaced' END
            FROM api_key_secrets s JOIN api_keys k ON k.id = s.api_key_id
            WHERE s.hash = @Hash
            """;

        // No row: no such key, or it is revoked.
        public const string Find = """
            SELECT k.id, k.code, k.type, k.hint, k.user_id, k.organization_id, o.code AS organization_code,
                   o.status AS organization_status, k.workspace_id, w.code AS workspace_code, k.expires_at, k.version,
                   holder.role AS holder_role, mine.role AS caller_role
            FROM api_keys k
            LEFT JOIN organizations o ON o.id = k.organization_id
            LEFT JOIN workspaces w ON w.id = k.workspace_id
            LEFT JOIN organization_members holder ON holder.organization_id = k.organization_id
              AND holder.user_id = k.user_id
            LEFT JOIN organization_members mine ON mine.organization_id = k.organization_id AND mine.user_id = @UserId
            WHERE k.code = @Code AND k.revoked_at IS NULL
            """;
    }
}
