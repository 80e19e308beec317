using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// A user, its managing organization, and the number of its organizations that the caller administers.
/// </summary>
public sealed record UserAccess : IVersioned
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    /// <summary>active or deactivated.</summary>
    public string Status { get; init; } = "";

    public long Version { get; init; }

    /// <summary>The code of the managing organization (R19); null for none.</summary>
    public string? ManagedBy { get; init; }

    public long? ManagedById { get; init; }

    /// <summary>
    /// The number of the user's organizations, its managing organization included, that the caller administers; a
    /// service key administers its own.
    /// </summary>
    public long AdministeredCount { get; init; }

    public bool IsActive => Status == UserObject.Active;

    public UserKey Key => new() { Id = Id, Code = Code, Status = Status, Version = Version };
}

/// <summary>
/// Authorization for users. A user is visible to itself, to root, and to callers that administer one of its
/// organizations or its managing organization. A key narrowed to a workspace sees its own user only.
/// </summary>
public static class UserAuthorization
{
    /// <summary>The user with this code; <c>not_found</c> where the caller may not see it.</summary>
    public static async ValueTask<Outcome<UserAccess>> FindAsync(Session session, string code)
    {
        if (!Codes.Is(Codes.User, code) || await ReadAsync(session, code, null) is not { } user
            || !IsVisible(session.Caller, user))
        {
            return Faults.NotFound;
        }

        // Others may not see the managing organization: see AsksForAsync.
        if (session.Caller.IsRoot && user.ManagedBy is { } organization)
        {
            session.Caller.AsksFor(organization);
        }

        return user;
    }

    /// <summary>
    /// Notes the organization that a refusal about the user belongs to: the managing organization where the caller
    /// administers or, being that user, belongs to it, else another such organization of the user. For root, and user
    /// keys that are not narrowed: the other keys have one.
    /// </summary>
    public static async Task AsksForAsync(Session session, string code)
    {
        var caller = session.Caller;
        if (caller.IsRoot)
        {
            await FindAsync(session, code);
        }
        else if (await session.ScalarAsync<string?>(Sql.FindShared, new { Code = code, CallerId = caller.UserId })
            is { } organization)
        {
            caller.AsksFor(organization);
        }
    }

    /// <summary>
    /// The user with this address; <c>invitation_required</c> where the caller may not see it (R18); null where no user
    /// has the address.
    /// </summary>
    public static async ValueTask<Outcome<UserAccess>?> FindByEmailAsync(Session session, string email) =>
        await ReadAsync(session, null, EmailAddress.Key(email)) is not { } user ? (Outcome<UserAccess>?)null
        : IsVisible(session.Caller, user) ? user
        : UserRecords.InvitationRequired;

    /// <summary>The same; <c>forbidden</c> for a service key without <c>read</c>.</summary>
    public static async ValueTask<Outcome<UserAccess>> FindReadableAsync(Session session, string code) =>
        (await FindAsync(session, code)).Then<UserAccess>(user =>
            session.Caller.May(Permissions.Read) ? user : Faults.Forbidden);

    private static Task<UserAccess?> ReadAsync(Session session, string? code, string? emailKey)
    {
        var caller = session.Caller;
        var asked = new
        {
            Code = code,
            EmailKey = emailKey,
            CallerId = caller.UserId ?? 0,
            OnlyOrganizationId = caller.OrganizationId,
            IsService = caller.IsService ? 1 : 0,
        };
        return session.FindAsync<UserAccess>(code is null ? Sql.FindByEmail : Sql.FindByCode, asked);
    }

    private static bool IsVisible(Caller caller, UserAccess user) =>
        caller.IsRoot || user.Id == caller.UserId || (user.AdministeredCount > 0 && caller.WorkspaceId is null);

    private static class Sql
    {
        public const string FindByCode = $"{Find} WHERE u.code = @Code";

        public const string FindByEmail = $"{Find} WHERE u.email_key = @EmailKey";

        public const string FindShared = """
            SELECT o.code
            FROM users u
            JOIN organization_members mine ON mine.user_id = @CallerId
            JOIN organizations o ON o.id = mine.organization_id
            LEFT JOIN organization_members theirs ON theirs.organization_id = o.id AND theirs.user_id = u.id
            WHERE u.code = @Code AND (o.id = u.managed_by OR theirs.user_id IS NOT NULL)
              AND (mine.role IN ('owner', 'admin') OR u.id = @CallerId)
            ORDER BY CASE WHEN o.id = u.managed_by THEN 0 WHEN mine.role IN ('owner', 'admin') THEN 1 ELSE 2 END, o.id
            LIMIT 1
            """;

        private const string Find = """
            SELECT u.id, u.code, u.status, u.version, u.managed_by AS managed_by_id, mo.code AS managed_by, (
                SELECT COUNT(*)
                FROM organization_members theirs
                LEFT JOIN organization_members mine
                       ON mine.organization_id = theirs.organization_id AND mine.user_id = @CallerId
                WHERE theirs.user_id = u.id
                  AND (CAST(@OnlyOrganizationId AS BIGINT) IS NULL OR theirs.organization_id = @OnlyOrganizationId)
                  AND (@IsService = 1 OR mine.role IN ('owner', 'admin'))) + (
                SELECT COUNT(*)
                FROM organizations managing
                LEFT JOIN organization_members mine
                       ON mine.organization_id = managing.id AND mine.user_id = @CallerId
                WHERE managing.id = u.managed_by
                  AND (CAST(@OnlyOrganizationId AS BIGINT) IS NULL OR managing.id = @OnlyOrganizationId)
                  AND (@IsService = 1 OR mine.role IN ('owner', 'admin'))) AS administered_count
            FROM users u LEFT JOIN organizations mo ON mo.id = u.managed_by
            """;
    }
}
