using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Webhooks;

public static partial class DeleteWebhook
{
    private static class Sql
    {
        // Its deliveries may be many: they are deleted afterwards, and then the row. The secrets go at once.
        public const string Delete = $"""
            UPDATE webhooks
            SET status = '{WebhookObject.Deleted}', url = '', description = NULL, secret = '', previous_secret = NULL,
                version = version + 1
            WHERE id = @Id
            """;
    }
}
