using System.Globalization;

namespace WorkspaceService.Infrastructure.Hosting.Commands.Verification;

/// <summary>Sums of metering: days against the accepted events, months against the days.</summary>
internal static class MeteringChecks
{
    public static readonly Check[] All =
    [
        Check.Of<UnequalDay>("usage_days", Sql.FindUnequalDays, row =>
            $"{row.Code}: usage_days of {row.Date:yyyy-MM-dd} ({row.Metric}, {row.Currency}) are not what its "
            + "metering events add up to"),
        Check.Of<UnequalMonth>("workspace_costs", Sql.FindUnequalMonths, row => string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Code}: workspace_costs of {row.Month / 100}-{row.Month % 100:00} ({row.Currency}) are not what the "
            + $"days of its service lines add up to")),
    ];

    private sealed record UnequalDay
    {
        public string Code { get; init; } = "";

        /// <summary>Days since the first of January 1970.</summary>
        public long Day { get; init; }

        public string Metric { get; init; } = "";

        public string Currency { get; init; } = "";

        public DateOnly Date => DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(Day));
    }

    private sealed record UnequalMonth
    {
        public string Code { get; init; } = "";

        public long Month { get; init; }

        public string Currency { get; init; } = "";
    }

    private static class Sql
    {
        // A stored day, such as 20260401, as the number of days since 1970 began, with years that begin in March.
        private const string Days = """
            SELECT d.service_line_id, d.metric, d.unit, d.currency, d.quantity_whole, d.quantity_micros, d.cost_micros,
                   d.year * 365 + d.year / 4 - d.year / 100 + d.year / 400 + (d.month * 306 + 5) / 10
                   + d.day % 100 - 719469 AS day
            FROM (
                SELECT u.*, (u.day / 100 % 100 + 9) % 12 AS month,
                       u.day / 10000 - (u.day / 100 % 100 + 9) % 12 / 10 AS year
                FROM usage_days u) d
            """;

        // Differences of whole units and of millionths, because sums of millionths may exceed 64 bits.
        public const string FindUnequalDays = $"""
            SELECT l.code, s.day, s.metric, s.currency
            FROM (
                SELECT service_line_id, day, metric, unit, currency
                FROM (
                    SELECT service_line_id, day, metric, unit, currency, quantity_whole AS whole,
                           quantity_micros AS micros, cost_micros AS cost
                    FROM ({Days}) days
                    UNION ALL
                    SELECT service_line_id, occurred_at / 86400000, metric, unit, currency,
                           -(quantity_micros / 1000000), -(quantity_micros % 1000000), -cost_micros
                    FROM metering_events) both_sides
                GROUP BY service_line_id, day, metric, unit, currency
                HAVING SUM(whole) * 1000000 + SUM(micros) <> 0 OR SUM(cost) <> 0) s
            JOIN service_lines l ON l.id = s.service_line_id
            """;

        public const string FindUnequalMonths = """
            SELECT w.code, s.month, s.currency
            FROM (
                SELECT workspace_id, month, currency
                FROM (
                    SELECT workspace_id, month, currency, cost_micros AS cost FROM workspace_costs
                    UNION ALL
                    SELECT l.workspace_id, d.day / 100, d.currency, -d.cost_micros
                    FROM usage_days d JOIN service_lines l ON l.id = d.service_line_id) both_sides
                GROUP BY workspace_id, month, currency
                HAVING SUM(cost) <> 0) s
            JOIN workspaces w ON w.id = s.workspace_id
            """;
    }
}
