using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Organizations;

public static partial class ListAllOrganizationMembers
{
    private static class Sql
    {
        public const string List = $"""
            SELECT {MemberObject.OrganizationColumns}
            FROM organization_members om JOIN users u ON u.id = om.user_id
            WHERE om.organization_id = @OrganizationId
            ORDER BY om.user_id
            """;
    }
}
