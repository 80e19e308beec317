namespace WorkspaceService.Features.Organizations;

public static partial class RemoveOrganizationMember
{
    private static class Sql
    {
        public const string Delete = """
            DELETE FROM organization_members WHERE organization_id = @OrganizationId AND user_id = @UserId
            """;
    }
}
