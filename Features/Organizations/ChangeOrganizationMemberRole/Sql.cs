namespace WorkspaceService.Features.Organizations;

public static partial class ChangeOrganizationMemberRole
{
    private static class Sql
    {
        public const string Change = """
            UPDATE organization_members SET role = @Role, version = version + 1
            WHERE organization_id = @OrganizationId AND user_id = @UserId
            """;
    }
}
