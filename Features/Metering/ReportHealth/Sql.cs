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

namespace WorkspaceService.Features.Metering;

public static partial class ReportHealth
{
    private static class Sql
    {
        // No row: a newer reading is there already. A score is measured, like a count, and no edit: the version stays.
        public const string Replace = """
            UPDATE service_lines SET health_score = @Score, health_observed_at = @ObservedAt
            WHERE id = @Id AND (health_observed_at IS NULL OR health_observed_at <= @ObservedAt)
            """;

        public const string Count = """
            UPDATE workspaces SET health_sum = health_sum + @Score, health_count = health_count + @Scores WHERE id = @Id
            """;
    }
}
