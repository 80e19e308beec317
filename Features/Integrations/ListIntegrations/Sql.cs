using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Integrations;

public static partial class ListIntegrations
{
    private const string Rows = $"""
        SELECT {IntegrationObject.Columns}
        FROM integrations i JOIN workspaces w ON w.id = i.workspace_id JOIN organizations o ON o.id = i.organization_id
        WHERE i.id > @After AND (CAST(@Type AS TEXT) IS NULL OR i.type = @Type)
        """;

    private const string OnePage = "ORDER BY i.id LIMIT @Take";

    private static class Sql
    {
        public const string ListInWorkspace = $"{Rows} AND i.workspace_id = @WorkspaceId {OnePage}";

        public const string ListInOrganization = $"{Rows} AND i.organization_id = @OrganizationId {OnePage}";

        public const string ListAll = $"{Rows} {OnePage}";

        // The workspaces in which the user is admin by organization role, and, where roles are additive, by membership.
        public const string ListByOwnRoles = $"""
            WITH administered AS (
                SELECT v.id
                FROM organization_members om JOIN workspaces v ON v.organization_id = om.organization_id
                WHERE om.user_id = @UserId AND om.role IN ('owner', 'admin')
                  AND (CAST(@OrganizationId AS BIGINT) IS NULL OR om.organization_id = @OrganizationId)
                UNION
                SELECT v.id
                FROM members m
                JOIN workspaces v ON v.id = m.workspace_id
                JOIN organization_members om ON om.organization_id = v.organization_id AND om.user_id = m.user_id
                JOIN organizations vo ON vo.id = v.organization_id
                WHERE m.user_id = @UserId AND m.role = 'admin' AND vo.workspace_role_ceiling = 0
                  AND (CAST(@OrganizationId AS BIGINT) IS NULL OR v.organization_id = @OrganizationId)
            )
            SELECT {IntegrationObject.Columns}
            FROM administered v
            JOIN integrations i ON i.workspace_id = v.id
            JOIN workspaces w ON w.id = i.workspace_id
            JOIN organizations o ON o.id = i.organization_id
            WHERE i.id > @After AND (CAST(@Type AS TEXT) IS NULL OR i.type = @Type)
            {OnePage}
            """;
    }
}
