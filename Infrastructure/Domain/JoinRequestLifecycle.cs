using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>The lifecycle of a request to join a workspace: pending → approved, denied or withdrawn.</summary>
public static class JoinRequestLifecycle
{
    public const string Pending = "pending";
    public const string Approved = "approved";
    public const string Denied = "denied";
    public const string Withdrawn = "withdrawn";

    public static readonly string[] Statuses = [Pending, Approved, Denied, Withdrawn];

    public static readonly Fault Decided =
        Fault.Conflict("invalid_transition", "The request has been decided or withdrawn already.");

    /// <summary>The request with this code in a workspace; null for none.</summary>
    public static Task<JoinRequestObject?> FindAsync(Session session, long workspaceId, string code) =>
        session.FindAsync<JoinRequestObject>(Sql.Find, new { WorkspaceId = workspaceId, Code = code });

    /// <summary>
    /// Sets a pending request to <paramref name="status"/>; <c>invalid_transition</c> where it is not pending. Appends
    /// <c>join_request.approved</c>, <c>.denied</c> or <c>.withdrawn</c>.
    /// </summary>
    /// <param name="status">approved, denied or withdrawn.</param>
    public static async Task<Outcome<Versioned<JoinRequestObject>>> EndAsync(
        Session session, IWorkspace workspace, JoinRequestObject request, string status)
    {
        var end = new
        {
            Id = request.Number,
            Status = status,
            DecidedBy = status == Withdrawn ? null : session.Caller.UserId,
            UpdatedAt = session.Now,
        };
        if (await session.ExecuteAsync(Sql.End, end) == 0)
        {
            return Decided;
        }

        await EventLog.AppendAsync(
            session,
            $"join_request.{status}",
            workspace,
            ("join_request", request.Id),
            Changes.Of("status", Pending, status));
        return Versioned.Of((await FindAsync(session, workspace.Id, request.Id))!);
    }

    /// <summary>
    /// Withdraws the user's pending requests in the organization's workspaces. Appends one
    /// <c>join_request.withdrawn</c> per request.
    /// </summary>
    public static async Task WithdrawAllAsync(Session session, long userId, long organizationId)
    {
        var theirs = new { UserId = userId, OrganizationId = organizationId, session.Now };
        var withdrawn = await session.ListAsync<EndedRow>(Sql.WithdrawAll, theirs);
        await EndedRow.AppendAsync(session, withdrawn, "join_request", Withdrawn, Pending);
    }

    private static class Sql
    {
        public const string Find = $"""
            SELECT {JoinRequestObject.Columns}
            FROM join_requests j
            JOIN workspaces w ON w.id = j.workspace_id
            JOIN users u ON u.id = j.user_id
            LEFT JOIN users d ON d.id = j.decided_by
            WHERE j.code = @Code AND j.workspace_id = @WorkspaceId
            """;

        // No row: it is not pending.
        public const string End = """
            UPDATE join_requests SET status = @Status, decided_by = @DecidedBy, version = version + 1,
                updated_at = @UpdatedAt
            WHERE id = @Id AND status = 'pending'
            """;

        public const string WithdrawAll = """
            UPDATE join_requests SET status = 'withdrawn', version = version + 1, updated_at = @Now
            WHERE user_id = @UserId AND status = 'pending'
              AND workspace_id IN (SELECT w.id FROM workspaces w WHERE w.organization_id = @OrganizationId)
            RETURNING code, (SELECT w.code FROM workspaces w WHERE w.id = workspace_id) AS workspace_code, (
                SELECT o.code FROM workspaces w JOIN organizations o ON o.id = w.organization_id
                WHERE w.id = workspace_id) AS organization_code
            """;
    }
}
