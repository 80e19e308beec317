using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Users;

public static partial class ListUserWorkspaces
{
    // Visible to the caller: its own workspaces, those of another user in organizations that the caller administers;
    // limited to the key's scope.
    private const string Filters = """
        w.id > @After AND (w.status = @Status OR @Status IS NULL)
        AND (CAST(@OnlyOrganizationId AS BIGINT) IS NULL OR w.organization_id = @OnlyOrganizationId)
        AND (CAST(@OnlyWorkspaceId AS BIGINT) IS NULL OR w.id = @OnlyWorkspaceId)
        AND (@Everywhere = 1 OR EXISTS (
            SELECT 1 FROM organization_members mine
            WHERE mine.organization_id = w.organization_id AND mine.user_id = @CallerId
              AND mine.role IN ('owner', 'admin')))
        """;

    private static class Sql
    {
        // The page's ids are selected first: from explicit memberships, and from all workspaces of organizations in
        // which the user is owner or admin; at most one page per source and organization.
        public const string List = $"""
            SELECT w.id AS number, {WorkspaceRow.Columns}, o.workspace_role_ceiling, om.role AS organization_role,
                   m.role AS workspace_role
            FROM (
                SELECT e.id
                FROM (SELECT w.id
                      FROM members x JOIN workspaces w ON w.id = x.workspace_id
                      WHERE x.user_id = @UserId AND x.workspace_id > @After AND {Filters}
                      ORDER BY x.workspace_id
                      LIMIT @Limit + 1) e
                UNION
                SELECT w.id
                FROM organization_members r JOIN workspaces w ON w.organization_id = r.organization_id
                WHERE r.user_id = @UserId AND r.role IN ('owner', 'admin') AND {Filters}
                  AND w.id <= COALESCE((
                      SELECT w.id
                      FROM workspaces w
                      WHERE w.organization_id = r.organization_id AND {Filters}
                      ORDER BY w.id
                      LIMIT 1 OFFSET @Limit), 9223372036854775807)
                ORDER BY id
                LIMIT @Limit + 1) page
            JOIN workspaces w ON w.id = page.id
            JOIN organizations o ON o.id = w.organization_id
            JOIN organization_members om ON om.organization_id = w.organization_id AND om.user_id = @UserId
            LEFT JOIN members m ON m.workspace_id = w.id AND m.user_id = @UserId
            ORDER BY w.id
            """;
    }
}
