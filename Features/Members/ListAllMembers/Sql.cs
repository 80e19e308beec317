using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Members;

public static partial class ListAllMembers
{
    private static class Sql
    {
        public const string List = $"""
            SELECT {MemberObject.Columns}
            FROM members m JOIN users u ON u.id = m.user_id
            WHERE m.workspace_id = @WorkspaceId AND u.status = 'active'
            ORDER BY m.user_id
            """;
    }
}
