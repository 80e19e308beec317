namespace WorkspaceService.Features.Webhooks;

public static partial class ReplayWebhook
{
    private static class Sql
    {
        public const string FindLast = "SELECT COALESCE(MAX(sequence), 0) FROM events";

        public const string Insert = """
            INSERT INTO webhook_replays (id, webhook_id, position, last) VALUES (@Id, @WebhookId, @Position, @Last)
            """;
    }
}
