using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Organizations;

public static partial class ListOrganizationMembers
{
    private static class Sql
    {
        public const string List = $"""
            SELECT {MemberObject.OrganizationColumns}
            FROM organization_members om JOIN users u ON u.id = om.user_id
            WHERE om.organization_id = @OrganizationId AND om.user_id > @After
              AND (om.role = @Role OR @Role IS NULL)
              AND (u.status = @Status OR @Status IS NULL)
              AND ({UserRecords.Searched} LIKE @Q ESCAPE '\' OR @Q IS NULL)
            ORDER BY om.user_id
            LIMIT @Take
            """;
    }
}
