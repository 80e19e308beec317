using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Infrastructure;

/// <summary>
/// The service lines that stand in the way of an archive or a deletion (R10): the active and the paused ones of a workspace.
/// </summary>
public static class ActiveServiceLines
{
    /// <summary>Their codes, in the order of their ids; empty where nothing stands in the way.</summary>
    public static async Task<IReadOnlyList<string>> FindBlockingLinesAsync(this Session session, long workspaceId) =>
        await session.ListAsync<string>(Sql.ListBlocking, new { WorkspaceId = workspaceId });

    private static class Sql
    {
        public const string ListBlocking = """
            SELECT code FROM service_lines
            WHERE workspace_id = @WorkspaceId AND status IN ('active', 'paused')
            ORDER BY id
            """;
    }
}
