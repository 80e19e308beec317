using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Webhooks;

public static partial class RetryWebhookDelivery
{
    private static class Sql
    {
        // No row: no such delivery, or it is another webhook's.
        public const string Find = $"""
            SELECT {DeliveryObject.Columns}
            FROM webhook_deliveries d
            WHERE d.code = @Delivery AND d.webhook_id = @WebhookId
            """;

        public const string Retry = $"""
            UPDATE webhook_deliveries
            SET status = '{DeliveryObject.Pending}', round = 0, next_attempt_at = @Now, ended_at = NULL,
                version = version + 1
            WHERE id = @Number
            """;
    }
}
