using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Members;

public static partial class JoinWorkspace
{
    private static class Sql
    {
        public const string FindPendingInvitation =
            $"SELECT {Membership.PendingInvitation} FROM users u WHERE u.id = @UserId";

        public const string FindPendingRequest = """
            SELECT code FROM join_requests WHERE workspace_id = @WorkspaceId AND user_id = @UserId
              AND status = 'pending'
            """;
    }
}
