using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>A user as one caller stands to it.</summary>
public sealed record UserAccess : IVersioned
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    /// <summary>active or deactivated.</summary>
    public string Status { get; init; } = "";

    public long Version { get; init; }

    /// <summary>
    /// How many of the user's organizations the caller administers; a service key administers its own.
    /// </summary>
    public long AdministeredCount { get; init; }

    public bool IsActive => Status == UserObject.Active;
}

/// <summary>
/// Who may see and do what with a person, beside <see cref="WorkspaceAuthorization"/>: users are seen by themselves, by
/// root, and by those who administer an organization that they belong to. A key narrowed to a workspace sees no user
/// but its own.
/// </summary>
public static class UserAuthorization
{
    /// <summary>The user of this code, if the caller may see it: else <c>not_found</c>.</summary>
    public static async ValueTask<Outcome<UserAccess>> FindAsync(Session session, string code)
    {
        var caller = session.Caller;
        var asked = new
        {
            Code = code,
            CallerId = caller.UserId ?? 0,
            OnlyOrganizationId = caller.OrganizationId,
            IsService = caller.IsService ? 1 : 0,
        };
        if (!Codes.Is(Codes.User, code) || await session.FindAsync<UserAccess>(Sql.Find, asked) is not { } user)
        {
            return Faults.NotFound;
        }

        var administers = user.AdministeredCount > 0 && caller.WorkspaceId is null;
        return caller.IsRoot || user.Id == caller.UserId || administers ? user : Faults.NotFound;
    }

    /// <summary>The same for callers that may read.</summary>
    public static async ValueTask<Outcome<UserAccess>> FindReadableAsync(Session session, string code) =>
        (await FindAsync(session, code)).Then<UserAccess>(user =>
            session.Caller.May(Permissions.Read) ? user : Faults.Forbidden);

    private static class Sql
    {
        public const string Find = """
            SELECT u.id, u.code, u.status, u.version, (
                SELECT COUNT(*)
                FROM organization_members theirs
                LEFT JOIN organization_members mine
                       ON mine.organization_id = theirs.organization_id AND mine.user_id = @CallerId
                WHERE theirs.user_id = u.id
                  AND (CAST(@OnlyOrganizationId AS BIGINT) IS NULL OR theirs.organization_id = @OnlyOrganizationId)
                  AND (@IsService = 1 OR mine.role IN ('owner', 'admin'))) AS administered_count
            FROM users u
            WHERE u.code = @Code
            """;
    }
}
