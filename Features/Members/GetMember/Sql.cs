using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Members;

public static partial class GetMember
{
    private static class Sql
    {
        public const string Find = $"""
            SELECT {MemberObject.Columns}
            FROM users u JOIN members m ON m.user_id = u.id AND m.workspace_id = @WorkspaceId
            WHERE u.code = @User
            UNION ALL
            SELECT {MemberObject.ImplicitColumns}
            FROM users u JOIN organization_members om ON om.user_id = u.id AND om.organization_id = @OrganizationId
            WHERE u.code = @User AND om.role IN ('owner', 'admin')
              AND NOT EXISTS (SELECT 1 FROM members m WHERE m.workspace_id = @WorkspaceId AND m.user_id = u.id)
            """;
    }
}
