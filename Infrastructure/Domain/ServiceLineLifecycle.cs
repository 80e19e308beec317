using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// The lifecycle of a service line: draft → active ⇄ paused; active or paused → closed; draft, active or paused →
/// terminated. Only active lines count against the plan's limit (R9) and in their workspace's number and score of lines
/// (R15); pausing subtracts, activating claims again.
/// </summary>
public static class ServiceLineLifecycle
{
    public const string Draft = "draft";
    public const string Active = "active";
    public const string Paused = "paused";
    public const string Closed = "closed";
    public const string Terminated = "terminated";

    public static readonly string[] Statuses = [Draft, Active, Paused, Closed, Terminated];

    public static Fault InvalidTransition(string from, string to) =>
        Fault.Conflict("invalid_transition", $"A service line that is {from} cannot become {to}.");

    /// <summary>
    /// Changes the status, updates the counts and appends the event. Faults: <c>invalid_transition</c>,
    /// <c>plan_limit_exceeded</c>.
    /// </summary>
    public static async Task<Fault?> MoveAsync(Session session, ServiceLineAccess line, string to)
    {
        if (await session.ExecuteAsync(Sql.Move, new { line.Id, To = to, session.Now }) == 0)
        {
            return InvalidTransition(line.Status, to);
        }

        var workspace = line.Workspace;
        var step = (to == Active ? 1 : 0) - (line.IsActive ? 1 : 0);
        if (step != 0)
        {
            var claim = new
            {
                Id = workspace.OrganizationId,
                Step = step,
                Unbound = session.Caller.IsRoot || step < 0 ? 1 : 0,
            };
            if (await session.ExecuteAsync(Sql.ClaimPlace, claim) == 0)
            {
                return Faults.PlanLimitExceeded(
                    "active_service_lines", await session.ScalarAsync<long?>(Sql.Limit, claim));
            }

            await session.ExecuteAsync(Sql.Count, new
            {
                workspace.Id,
                Step = step,
                Score = step * (line.HealthScore ?? 0),
                Scores = line.HealthScore is null ? 0 : step,
            });
        }

        var type = to == Active ? "service_line.activated" : $"service_line.{to}";
        var changes = Changes.Of("status", line.Status, to);
        await EventLog.AppendAsync(session, type, workspace, ("service_line", line.Code), changes);
        return null;
    }

    private static class Sql
    {
        // No row: there is no such transition.
        public const string Move = """
            UPDATE service_lines
            SET status = @To,
                started_at = CASE WHEN @To = 'active' THEN COALESCE(started_at, @Now) ELSE started_at END,
                ends_at = CASE WHEN @To IN ('closed', 'terminated') THEN @Now ELSE ends_at END,
                version = version + 1,
                updated_at = @Now
            WHERE id = @Id
              AND ((@To = 'active' AND status IN ('draft', 'paused'))
                OR (@To = 'paused' AND status = 'active')
                OR (@To = 'closed' AND status IN ('active', 'paused'))
                OR (@To = 'terminated' AND status IN ('draft', 'active', 'paused')))
            """;

        // No row: the plan's limit is reached.
        public const string ClaimPlace = """
            UPDATE organizations SET active_service_lines = active_service_lines + @Step
            WHERE id = @Id
              AND (@Unbound = 1 OR limit_active_service_lines IS NULL
                   OR active_service_lines < limit_active_service_lines)
            """;

        public const string Limit = "SELECT limit_active_service_lines FROM organizations WHERE id = @Id";

        public const string Count = """
            UPDATE workspaces
            SET active_service_lines = active_service_lines + @Step,
                health_sum = health_sum + @Score,
                health_count = health_count + @Scores
            WHERE id = @Id
            """;
    }
}
