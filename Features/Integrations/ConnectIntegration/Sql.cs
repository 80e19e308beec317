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

namespace WorkspaceService.Features.Integrations;

public static partial class ConnectIntegration
{
    private static class Sql
    {
        public const string Insert = """
            INSERT INTO integrations (id, code, workspace_id, organization_id, type, config, secrets,
                                      version, created_at)
            VALUES (@Id, @Code, @WorkspaceId, @OrganizationId, @Type, @Config, @Secrets,
                    1, @CreatedAt)
            """;
    }
}
