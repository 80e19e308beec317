using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.JoinRequests;

public static partial class ListJoinRequests
{
    private static class Sql
    {
        public const string List = $"""
            SELECT {JoinRequestObject.Columns}
            FROM join_requests j
            JOIN workspaces w ON w.id = j.workspace_id
            JOIN users u ON u.id = j.user_id
            LEFT JOIN users d ON d.id = j.decided_by
            WHERE j.workspace_id = @WorkspaceId AND j.id > @After
              AND (CAST(@Id AS TEXT) IS NULL OR j.code = @Id)
              AND (CAST(@Status AS TEXT) IS NULL OR j.status = @Status)
            ORDER BY j.id
            LIMIT @Take
            """;
    }
}
