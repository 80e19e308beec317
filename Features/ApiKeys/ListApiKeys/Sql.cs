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

namespace WorkspaceService.Features.ApiKeys;

public static partial class ListApiKeys
{
    private const string Keys = $"""
        SELECT {ApiKeyObject.Columns}
        FROM api_keys k
        LEFT JOIN organizations o ON o.id = k.organization_id
        LEFT JOIN workspaces w ON w.id = k.workspace_id
        LEFT JOIN users u ON u.id = k.user_id
        WHERE k.id > @After AND k.revoked_at IS NULL AND (k.type = @Type OR @Type IS NULL)
        """;

    private const string Page = "ORDER BY k.id LIMIT @Take";

    private static class Sql
    {
        public const string ListAll = $"{Keys} {Page}";

        public const string ListOfOrganization = $"{Keys} AND k.organization_id = @OrganizationId {Page}";

        public const string ListOfWorkspace = $"""
            {Keys}
              AND k.workspace_id = @WorkspaceId
              AND (k.organization_id = @OrganizationId OR @OrganizationId IS NULL)
            {Page}
            """;

        public const string ListOwn = $"""
            {Keys}
              AND k.user_id = @UserId
              AND (k.organization_id = @OrganizationId OR @OrganizationId IS NULL)
              AND (k.workspace_id = @WorkspaceId OR @WorkspaceId IS NULL)
            {Page}
            """;

        public const string ListManaged = $"""
            {Keys}
              AND k.id IN (
                  SELECT own.id FROM api_keys own WHERE own.user_id = @UserId
                  UNION ALL
                  SELECT theirs.id
                  FROM organization_members om JOIN api_keys theirs ON theirs.organization_id = om.organization_id
                  WHERE om.user_id = @UserId AND om.role IN ('owner', 'admin'))
            {Page}
            """;
    }
}
