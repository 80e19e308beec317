using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// The active and paused service lines of a workspace, which block its archiving and deletion (R10). Force closes them
/// first, so an archived workspace has no active or paused line.
/// </summary>
public static class BlockingServiceLines
{
    /// <summary>
    /// Closes the active and paused lines, with one event each. Without <paramref name="force"/> nothing is closed, and
    /// the fault <c>active_service_lines</c> lists the lines, if there are any.
    /// </summary>
    public static async Task<Fault?> CloseAsync(Session session, IWorkspace workspace, bool force)
    {
        var lines = await session.ListAsync<Line>(Sql.ListBlocking, new { WorkspaceId = workspace.Id });
        if (lines.Count == 0)
        {
            return null;
        }

        if (!force)
        {
            return Blocked(lines);
        }

        var closing = new
        {
            WorkspaceId = workspace.Id,
            workspace.OrganizationId,
            Active = lines.Count(line => line.Status == ServiceLineLifecycle.Active),
            session.Now,
        };
        await session.ExecuteAsync(Sql.Close, closing);
        await session.ExecuteAsync(Sql.CountInWorkspace, closing);
        await session.ExecuteAsync(Sql.CountInOrganization, closing);
        foreach (var line in lines)
        {
            await EventLog.AppendAsync(
                session,
                "service_line.closed",
                workspace,
                ("service_line", line.Code),
                Changes.Of("status", line.Status, ServiceLineLifecycle.Closed));
        }

        return null;
    }

    private static Fault Blocked(List<Line> lines) =>
        Fault.Conflict(
            "active_service_lines", "Service lines are active or paused in the workspace; close them first.") with
        {
            Details = new Dictionary<string, object?> { ["service_lines"] = lines.Select(line => line.Code).ToList() },
        };

    private sealed record Line
    {
        public string Code { get; init; } = "";

        public string Status { get; init; } = "";
    }

    private static class Sql
    {
        public const string ListBlocking = """
            SELECT code, status FROM service_lines
            WHERE workspace_id = @WorkspaceId AND status IN ('active', 'paused')
            ORDER BY id
            """;

        public const string Close = """
            UPDATE service_lines SET status = 'closed', ends_at = @Now, version = version + 1, updated_at = @Now
            WHERE workspace_id = @WorkspaceId AND status IN ('active', 'paused')
            """;

        // Without active lines there are no scores to sum up (R15).
        public const string CountInWorkspace = """
            UPDATE workspaces SET active_service_lines = active_service_lines - @Active, health_sum = 0,
                health_count = 0
            WHERE id = @WorkspaceId
            """;

        public const string CountInOrganization = """
            UPDATE organizations SET active_service_lines = active_service_lines - @Active WHERE id = @OrganizationId
            """;
    }
}
