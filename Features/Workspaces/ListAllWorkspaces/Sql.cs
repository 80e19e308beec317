using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Workspaces;

public static partial class ListAllWorkspaces
{
    private static class Sql
    {
        public const string List = $"""
            SELECT {WorkspaceRow.Columns}
            FROM workspaces w JOIN organizations o ON o.id = w.organization_id
            WHERE w.organization_id = @OrganizationId
              AND (CAST(@WorkspaceId AS BIGINT) IS NULL OR w.id = @WorkspaceId)
              AND (@SeesAll = 1 OR w.id IN (SELECT v.workspace_id FROM visible_workspaces v WHERE v.user_id = @UserId))
            ORDER BY w.id
            """;
    }
}
