namespace WorkspaceService.Features.Metering;

public static partial class RecordMeteringEvents
{
    private static class Sql
    {
        // One row per inserted event; none for a duplicate.
        public const string InsertMany = """
            INSERT INTO metering_events (organization_id, event_id, service_line_id, metric, unit, quantity_micros,
                                         cost_micros, currency, occurred_at, received_at)
            SELECT CAST(value ->> 'organization' AS BIGINT), value ->> 'id', CAST(value ->> 'line' AS BIGINT),
                   value ->> 'metric',
                   value ->> 'unit', CAST(value ->> 'quantity' AS BIGINT), CAST(value ->> 'cost' AS BIGINT),
                   value ->> 'currency',
                   CAST(value ->> 'occurred' AS BIGINT), @ReceivedAt
            FROM json_each(@Rows)
            WHERE TRUE
            ON CONFLICT (organization_id, event_id) DO NOTHING
            RETURNING organization_id, event_id
            """;

        public const string ListKnown = """
            SELECT e.organization_id, e.event_id
            FROM json_each(@Rows) asked
            JOIN metering_events e
              ON e.organization_id = CAST(asked.value ->> 'organization' AS BIGINT)
                AND e.event_id = asked.value ->> 'id'
            """;

        // No row: the sum would exceed its column.
        public const string AddToMonth = """
            INSERT INTO workspace_costs (workspace_id, month, currency, cost_micros)
            VALUES (@WorkspaceId, @Month, @Currency, @CostMicros)
            ON CONFLICT (workspace_id, month, currency) DO UPDATE
            SET cost_micros = workspace_costs.cost_micros + @CostMicros
            WHERE workspace_costs.cost_micros <= 9000000000000000000 - @CostMicros
            """;

        // No row: a sum would exceed its column, or the sum of 1000 days its member of a response.
        public const string AddToDay = """
            INSERT INTO usage_days (service_line_id, day, metric, unit, currency, quantity_whole, quantity_micros,
                                    cost_micros)
            VALUES (@ServiceLineId, @Day, @Metric, @Unit, @Currency, @QuantityWhole, @QuantityMicros, @CostMicros)
            ON CONFLICT (service_line_id, day, metric, unit, currency) DO UPDATE
            SET quantity_whole = usage_days.quantity_whole + @QuantityWhole,
                quantity_micros = usage_days.quantity_micros + @QuantityMicros,
                cost_micros = usage_days.cost_micros + @CostMicros
            WHERE usage_days.quantity_whole <= 9000000000000000 - @QuantityWhole
              AND usage_days.cost_micros <= 9000000000000000000 - @CostMicros
            """;
    }
}
