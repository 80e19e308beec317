using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Workspaces;

public static partial class ListAllWorkspaces
{
    private static class Sql
    {
        // R12: what one belongs to, and what is not private for members of the organization; all of it for its admins.
        public const string List = $"""
            SELECT {WorkspaceRow.Columns}
            FROM workspaces w JOIN organizations o ON o.id = w.organization_id
            WHERE w.organization_id = @OrganizationId
              AND (CAST(@WorkspaceId AS BIGINT) IS NULL OR w.id = @WorkspaceId)
              AND (@SeesAll = 1 OR (@SeesShared = 1 AND w.type <> 'private')
                   OR EXISTS (SELECT 1 FROM members m WHERE m.workspace_id = w.id AND m.user_id = @UserId))
            ORDER BY w.id
            """;
    }
}
