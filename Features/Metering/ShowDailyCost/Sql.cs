namespace WorkspaceService.Features.Metering;

public static partial class ShowDailyCost
{
    private static class Sql
    {
        public const string FindCurrency = "SELECT currency FROM workspaces WHERE id = @Id";

        // Cost in whole units and millionths, because the sum of millionths may exceed 64 bits.
        public const string SumUpDays = """
            SELECT d.day, d.currency,
                   CAST(SUM(d.cost_micros / 1000000) AS BIGINT) AS cost_whole,
                   CAST(SUM(d.cost_micros % 1000000) AS BIGINT) AS cost_micros
            FROM service_lines l JOIN usage_days d ON d.service_line_id = l.id
            WHERE l.workspace_id = @Id AND d.day BETWEEN @From AND @To
            GROUP BY d.day, d.currency
            ORDER BY d.day, d.currency
            """;

        public const string SumUpLines = """
            SELECT l.code, l.name, d.currency,
                   CAST(SUM(d.cost_micros / 1000000) AS BIGINT) AS cost_whole,
                   CAST(SUM(d.cost_micros % 1000000) AS BIGINT) AS cost_micros
            FROM service_lines l JOIN usage_days d ON d.service_line_id = l.id
            WHERE l.workspace_id = @Id AND d.day BETWEEN @From AND @To
            GROUP BY l.id, l.code, l.name, d.currency
            ORDER BY l.id, d.currency
            """;
    }
}
