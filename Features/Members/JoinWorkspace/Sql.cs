namespace WorkspaceService.Features.Members;

public static partial class JoinWorkspace
{
    private static class Sql
    {
        public const string FindPendingRequest = """
            SELECT code FROM join_requests WHERE workspace_id = @WorkspaceId AND user_id = @UserId
              AND status = 'pending'
            """;
    }
}
