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

public static partial class ShowUsage
{
    private static class Sql
    {
        // Cost in two parts, because the millionths of many days could outgrow a column. One row for each metric of
        // each day.
        public const string SumUp = """
            SELECT metric, unit, currency,
                   CAST(SUM(quantity_whole) AS BIGINT) AS quantity_whole,
                   CAST(SUM(quantity_micros) AS BIGINT) AS quantity_micros,
                   CAST(SUM(cost_micros / 1000000) AS BIGINT) AS cost_whole,
                   CAST(SUM(cost_micros % 1000000) AS BIGINT) AS cost_micros
            FROM usage_days
            WHERE service_line_id = @Id AND day BETWEEN @From AND @To
            GROUP BY metric, unit, currency
            ORDER BY metric, unit, currency
            """;
    }
}
