using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

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

        // The workspaces in which the user is admin by organization role, and those in which it is a member.
        public const string ListByOwnRoles = $"""
            WITH visible AS (
                SELECT v.id
                FROM organization_members om JOIN workspaces v ON v.organization_id = om.organization_id
                WHERE om.user_id = @UserId AND om.role IN ('owner', 'admin')
                  AND (CAST(@OrganizationId AS BIGINT) IS NULL OR om.organization_id = @OrganizationId)
                UNION
                SELECT v.id
                FROM members m
                JOIN workspaces v ON v.id = m.workspace_id
                JOIN organization_members om ON om.organization_id = v.organization_id AND om.user_id = m.user_id
                WHERE m.user_id = @UserId
                  AND (CAST(@OrganizationId AS BIGINT) IS NULL OR v.organization_id = @OrganizationId)
            )
            SELECT {ServiceLineObject.Columns}
            FROM visible v
            JOIN service_lines l ON l.workspace_id = v.id
            JOIN workspaces w ON w.id = l.workspace_id
            JOIN organizations o ON o.id = l.organization_id
            WHERE l.id > @After AND (CAST(@Status AS TEXT) IS NULL OR l.status = @Status)
            {OnePage}
            """;
    }
}
