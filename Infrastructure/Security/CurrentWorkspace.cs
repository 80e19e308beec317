using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// The workspace of requests whose path names none (design section 7): the one that the key is narrowed to, else the
/// one that the user owns, else the active one that the user joined first.
/// </summary>
public static class CurrentWorkspace
{
    /// <summary>The code; the empty string, which is no valid code, where there is none.</summary>
    public static async ValueTask<string> FindCodeAsync(Session session)
    {
        var caller = session.Caller;
        if (caller.WorkspaceCode is { } narrowed)
        {
            return narrowed;
        }

        var own = caller.UserId is { } user
            ? await session.FindCachedAsync<Row>(Sql.Find, new { UserId = user, caller.OrganizationId })
            : null;
        return own?.Code ?? "";
    }

    private sealed record Row
    {
        public string Code { get; init; } = "";
    }

    private static class Sql
    {
        public const string Find = """
            SELECT w.code
            FROM members m JOIN workspaces w ON w.id = m.workspace_id
            WHERE m.user_id = @UserId AND (w.organization_id = @OrganizationId OR @OrganizationId IS NULL)
              AND (w.owner_id = @UserId OR w.status = 'active')
            ORDER BY CASE WHEN w.owner_id = @UserId THEN 0 ELSE 1 END,
                     CASE WHEN w.status = 'active' THEN 0 ELSE 1 END,
                     m.joined_at, w.id
            LIMIT 1
            """;
    }
}
