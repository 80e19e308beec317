namespace WorkspaceService.Features.Metering;

public static partial class ShowUsage
{
    private static class Sql
    {
        // Cost in whole units and millionths, because the sum of millionths may exceed 64 bits.
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
