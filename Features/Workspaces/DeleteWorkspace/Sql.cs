namespace WorkspaceService.Features.Workspaces;

public static partial class DeleteWorkspace
{
    private static class Sql
    {
        public const string RevokeKeys = """
            UPDATE api_keys SET revoked_at = @Now, version = version + 1
            WHERE workspace_id = @Id AND revoked_at IS NULL
            RETURNING code
            """;

        public const string DeleteServiceLines = "DELETE FROM service_lines WHERE workspace_id = @Id";

        public const string DeleteJoinRequests = "DELETE FROM join_requests WHERE workspace_id = @Id";

        public const string DeleteInvitations = "DELETE FROM invitations WHERE workspace_id = @Id";

        public const string DeleteMembers = "DELETE FROM members WHERE workspace_id = @Id";

        public const string Delete = "DELETE FROM workspaces WHERE id = @Id";

        public const string FreePlace = """
            UPDATE organizations SET workspace_count = workspace_count - 1 WHERE id = @OrganizationId
            """;
    }
}
