using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Webhooks;

public static partial class GetWebhookDelivery
{
    private static class Sql
    {
        // No row: no such delivery, or it is another webhook's.
        public const string Find = $"""
            SELECT {DeliveryObject.Columns}
            FROM webhook_deliveries d
            WHERE d.code = @Code AND d.webhook_id = @WebhookId
            """;
    }
}
