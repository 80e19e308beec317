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

public static partial class UpdateServiceLine
{
    private static class Sql
    {
        public const string Update = """
            UPDATE service_lines
            SET name = @Name, project_tags = @Tags, config = @Config, subscription_id = @SubscriptionId,
                starts_at = @StartsAt, ends_at = @EndsAt, version = version + 1, updated_at = @Now
            WHERE id = @Id
            """;
    }
}
