using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// The service lines that stand in the way of an archive or a deletion (R10): the active and the paused ones of a
/// workspace. Force closes them first, so an archived workspace never holds a line that runs or could run again.
/// </summary>
public static class BlockingServiceLines
{
    /// <summary>
    /// Leaves no active and no paused line in the workspace: <c>active_service_lines</c> where there are some and
    /// <paramref name="force"/> is off, which lists them; otherwise they are closed, with an event each.
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
            return InTheWay(lines);
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

    private static Fault InTheWay(List<Line> lines) =>
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

        // No line is active any more, so there is no score to count either.
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
