namespace WorkspaceService.Features.Operation;

public static partial class LoadDemo
{
    private static class Sql
    {
        public const string CountUsers = "SELECT COUNT(*) FROM users";

        // All commands run at the same time; the creation times of the seeds are set afterwards.
        public const string BackDateUser = "UPDATE users SET created_at = @At, updated_at = @At WHERE code = @Code";

        public const string BackDateOrganization = "UPDATE organizations SET created_at = @At WHERE code = @Code";

        public const string BackDateOrganizationMember = """
            UPDATE organization_members SET joined_at = @At
            WHERE organization_id = (SELECT o.id FROM organizations o WHERE o.code = @Code)
              AND user_id = (SELECT u.id FROM users u WHERE u.code = @UserCode)
            """;

        public const string BackDateWorkspace = "UPDATE workspaces SET created_at = @At WHERE code = @Code";

        public const string BackDateMember = """
            UPDATE members SET joined_at = @At
            WHERE workspace_id = (SELECT w.id FROM workspaces w WHERE w.code = @Code)
              AND user_id = (SELECT u.id FROM users u WHERE u.code = @UserCode)
            """;
    }
}
