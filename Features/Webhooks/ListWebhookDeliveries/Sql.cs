using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Webhooks;

public static partial class ListWebhookDeliveries
{
    private const string Rows = $"""
        SELECT {DeliveryObject.Columns}
        FROM webhook_deliveries d
        WHERE d.webhook_id = @WebhookId AND d.id > @After
        """;

    private const string OnePage = "ORDER BY d.id LIMIT @Take";

    private static class Sql
    {
        public const string List = $"{Rows} {OnePage}";

        public const string ListOfEvent = $"""
            {Rows} AND d.event_code = @EventId AND (CAST(@Status AS TEXT) IS NULL OR d.status = @Status) {OnePage}
            """;

        // Most are delivered, so a page of them is found among all.
        public const string ListDelivered = $"{Rows} AND d.status = '{DeliveryObject.Delivered}' {OnePage}";

        public const string ListUndelivered = $"""
            {Rows} AND d.status <> '{DeliveryObject.Delivered}' AND d.status = @Status {OnePage}
            """;
    }
}
