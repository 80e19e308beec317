using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.ServiceLines;

public static partial class ListServiceLines
{
    private const string Lines = $"""
        SELECT {ServiceLineObject.Columns}
        FROM service_lines l JOIN workspaces w ON w.id = l.workspace_id JOIN organizations o ON o.id = l.organization_id
        WHERE l.id > @After
        """;

    private const string OnePage = "ORDER BY l.id LIMIT @Take";

    private static class Sql
    {
        public const string ListInWorkspace = $"{Lines} AND l.workspace_id = @WorkspaceId {OnePage}";

        public const string ListInWorkspaceByStatus =
            $"{Lines} AND l.workspace_id = @WorkspaceId AND l.status = @Status {OnePage}";

        public const string ListInOrganization = $"{Lines} AND l.organization_id = @OrganizationId {OnePage}";

        public const string ListInOrganizationByStatus =
            $"{Lines} AND l.organization_id = @OrganizationId AND l.status = @Status {OnePage}";

        public const string ListAll = $"{Lines} {OnePage}";

        public const string ListAllByStatus = $"{Lines} AND l.status = @Status {OnePage}";

        // Workspaces in which the user has any role (R3).
        public const string ListByOwnRoles = $"""
            SELECT {ServiceLineObject.Columns}
            FROM workspace_roles r
            JOIN service_lines l ON l.workspace_id = r.workspace_id
            JOIN workspaces w ON w.id = l.workspace_id
            JOIN organizations o ON o.id = l.organization_id
            WHERE r.user_id = @UserId
              AND (CAST(@OrganizationId AS BIGINT) IS NULL OR r.organization_id = @OrganizationId)
              AND l.id > @After AND (CAST(@Status AS TEXT) IS NULL OR l.status = @Status)
            {OnePage}
            """;
    }
}
