using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Integrations;

public static partial class ListIntegrations
{
    private const string Rows = $"""
        SELECT {IntegrationObject.Columns}
        FROM integrations i JOIN workspaces w ON w.id = i.workspace_id JOIN organizations o ON o.id = i.organization_id
        WHERE i.id > @After AND (CAST(@Type AS TEXT) IS NULL OR i.type = @Type)
          AND (CAST(@Id AS TEXT) IS NULL OR i.code = @Id)
        """;

    private const string OnePage = "ORDER BY i.id LIMIT @Take";

    private static class Sql
    {
        public const string ListInWorkspace = $"{Rows} AND i.workspace_id = @WorkspaceId {OnePage}";

        public const string ListInOrganization = $"{Rows} AND i.organization_id = @OrganizationId {OnePage}";

        public const string ListAll = $"{Rows} {OnePage}";

        // Workspaces in which the user is admin, by organization role (R3) or membership.
        public const string ListByOwnRoles = $"""
            SELECT {IntegrationObject.Columns}
            FROM workspace_roles r
            JOIN integrations i ON i.workspace_id = r.workspace_id
            JOIN workspaces w ON w.id = i.workspace_id
            JOIN organizations o ON o.id = i.organization_id
            WHERE r.user_id = @UserId AND r.role = 'admin'
              AND (CAST(@OrganizationId AS BIGINT) IS NULL OR r.organization_id = @OrganizationId)
              AND i.id > @After AND (CAST(@Type AS TEXT) IS NULL OR i.type = @Type)
              AND (CAST(@Id AS TEXT) IS NULL OR i.code = @Id)
            {OnePage}
            """;
    }
}
