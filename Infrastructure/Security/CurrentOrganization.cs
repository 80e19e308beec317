using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// The organization of requests that name none (design section 6): the one that the key is narrowed to, else the one
/// that its user joined first.
/// </summary>
public static class CurrentOrganization
{
    /// <summary>The code; <c>not_found</c> for a user without organizations.</summary>
    public static async ValueTask<Outcome<string>> FindCodeAsync(Session session)
    {
        var caller = session.Caller;
        var code = caller.OrganizationCode
            ?? await session.ScalarAsync<string?>(Sql.FindFirstJoined, new { caller.UserId });
        return code is null ? Faults.NotFound : code;
    }

    private static class Sql
    {
        public const string FindFirstJoined = """
            SELECT o.code
            FROM organization_members om JOIN organizations o ON o.id = om.organization_id
            WHERE om.user_id = @UserId
            ORDER BY om.joined_at, om.organization_id
            LIMIT 1
            """;
    }
}
