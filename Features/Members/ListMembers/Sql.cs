using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Members;

public static partial class ListMembers
{
    private static class Sql
    {
        public const string List = $"""
            SELECT {MemberObject.Columns}
            FROM members m JOIN users u ON u.id = m.user_id
            WHERE m.workspace_id = @WorkspaceId AND m.user_id > @After
              AND (m.role = @Role OR @Role IS NULL)
              AND (u.status = @Status OR @Status IS NULL)
              AND ({UserRecords.Searched} LIKE @Q ESCAPE '\' OR @Q IS NULL)
            ORDER BY m.user_id
            LIMIT @Take
            """;

        // Each half is limited to one page before the union, so both are short index scans.
        public const string ListWithImplicit = $"""
            SELECT * FROM ({List}) explicit_members
            UNION ALL
            SELECT * FROM (
            SELECT {MemberObject.ImplicitColumns}
            FROM organization_members om JOIN users u ON u.id = om.user_id
            WHERE om.organization_id = @OrganizationId AND om.role IN ('owner', 'admin') AND om.user_id > @After
              AND NOT EXISTS (SELECT 1 FROM members m WHERE m.workspace_id = @WorkspaceId AND m.user_id = om.user_id)
              AND (@Role = 'admin' OR @Role IS NULL)
              AND (u.status = @Status OR @Status IS NULL)
              AND ({UserRecords.Searched} LIKE @Q ESCAPE '\' OR @Q IS NULL)
            ORDER BY om.user_id
            LIMIT @Take) implicit_members
            ORDER BY number
            LIMIT @Take
            """;
    }
}
