using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>A user as one caller stands to it.</summary>
public sealed record UserAccess
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    /// <summary>active or deactivated.</summary>
    public string Status { get; init; } = "";

    public long Version { get; init; }

    /// <summary>How many of the user's organizations the caller administers; a service key administers its own.</summary>
    public long AdministeredCount { get; init; }

    public bool IsActive => Status == "active";
}

/// <summary>
/// Who may see and do what with a person, beside <see cref="WorkspaceAuthorization"/>: users are seen by themselves, by root, and by those
/// who administer an organization that they belong to. A key narrowed to a workspace sees no user but its own.
/// </summary>
public static class UserAuthorization
{
    /// <summary>The user of this code, if <paramref name="caller"/> may see it: else <c>not_found</c>.</summary>
    public static async Task<Outcome<UserAccess>> UserAsync(this Session session, Caller caller, string code)
    {
        var asked = new
        {
            Code = code,
            CallerId = caller.UserId ?? 0,
            OnlyOrganizationId = caller.OrganizationId,
            IsService = caller.IsService ? 1 : 0,
        };
        if (!Codes.Is(Codes.User, code) || await session.FindAsync<UserAccess>(Sql.FindUser, asked) is not { } user)
        {
            return Faults.NotFound;
        }

        var administers = user.AdministeredCount > 0 && caller.WorkspaceId is null;
        return caller.IsRoot || user.Id == caller.UserId || administers ? user : Faults.NotFound;
    }

    /// <summary>
    /// One member of an organization, if <paramref name="caller"/> may do with the organization's members what
    /// <paramref name="need"/> says. Someone who is no member is <c>not_found</c>, also to a caller who may do nothing here;
    /// with <paramref name="orItself"/>, people need no more than to belong in order to do it with themselves.
    /// </summary>
    public static async Task<Outcome<OrganizationMemberAccess>> OrganizationMemberAsync(
        this Session session, Caller caller, string organization, string user, Need need, bool orItself = false)
    {
        var seen = await session.OrganizationAsync(caller, organization, Need.Read with { Permission = caller.AnyPermission });
        if (!seen.Succeeded(out var scope, out var unseen))
        {
            return unseen;
        }

        if (await session.FindOrganizationMemberAsync(scope.Id, user) is not { } member)
        {
            return Faults.NotFound;
        }

        var asked = orItself && member.UserId == caller.UserId ? need with { Rank = 0 } : need;
        var allowed = await session.OrganizationAsync(caller, organization, asked);
        return allowed.Match<Outcome<OrganizationMemberAccess>>(o => new OrganizationMemberAccess(o, member), fault => fault);
    }

    private static class Sql
    {
        public const string FindUser = """
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

/// <summary>An organization as the caller stands to it, and one member of it.</summary>
public sealed record OrganizationMemberAccess(OrganizationAccess Organization, OrganizationMemberRow Member);
