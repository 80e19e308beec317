using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Webhooks;

public static partial class RetryWebhookDelivery
{
    private static class Sql
    {
        public const string Retry = $"""
            UPDATE webhook_deliveries
            SET status = '{DeliveryObject.Pending}', round = 0, next_attempt_at = @Now, ended_at = NULL,
                version = version + 1
            WHERE id = @Number
            """;
    }
}
