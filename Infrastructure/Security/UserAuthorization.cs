using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>A user and the number of its organizations that the caller administers.</summary>
public sealed record UserAccess : IVersioned
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    /// <summary>active or deactivated.</summary>
    public string Status { get; init; } = "";

    public long Version { get; init; }

    /// <summary>
    /// The number of the user's organizations that the caller administers; a service key administers its own.
    /// </summary>
    public long AdministeredCount { get; init; }

    public bool IsActive => Status == UserObject.Active;
}

/// <summary>
/// Authorization for users. A user is visible to itself, to root, and to callers that administer one of its
/// organizations. A key narrowed to a workspace sees its own user only.
/// </summary>
public static class UserAuthorization
{
    /// <summary>The user with this code; <c>not_found</c> where the caller may not see it.</summary>
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

    /// <summary>The same; <c>forbidden</c> for a service key without <c>read</c>.</summary>
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
