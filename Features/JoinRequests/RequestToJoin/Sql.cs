namespace WorkspaceService.Features.JoinRequests;

public static partial class RequestToJoin
{
    private static class Sql
    {
        // No row: the user has a pending request.
        public const string Insert = """
            INSERT INTO join_requests (id, code, workspace_id, user_id, status, version, created_at, updated_at)
            VALUES (@Id, @Code, @WorkspaceId, @UserId, 'pending', 1, @CreatedAt, @CreatedAt)
            ON CONFLICT (workspace_id, user_id) WHERE status = 'pending' DO NOTHING
            """;
    }
}
