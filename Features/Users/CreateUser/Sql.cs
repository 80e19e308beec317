namespace WorkspaceService.Features.Users;

public static partial class CreateUser
{
    private static class Sql
    {
        public const string CountAdministered = """
            SELECT COUNT(*) FROM organization_members WHERE user_id = @UserId AND role IN ('owner', 'admin')
            """;
    }
}
