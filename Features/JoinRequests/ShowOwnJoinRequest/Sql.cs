using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.JoinRequests;

public static partial class ShowOwnJoinRequest
{
    private static class Sql
    {
        // At most one row: a person asks once at a time.
        public const string FindPending = $"""
            SELECT {JoinRequestObject.Columns}
            FROM join_requests j
            JOIN workspaces w ON w.id = j.workspace_id
            JOIN users u ON u.id = j.user_id
            LEFT JOIN users d ON d.id = j.decided_by
            WHERE j.workspace_id = @WorkspaceId AND j.user_id = @UserId AND j.status = 'pending'
            """;
    }
}
