namespace WorkspaceService.Features.Webhooks;

public static partial class UpdateWebhook
{
    private static class Sql
    {
        // Its failures so far count no more.
        public const string Update = """
            UPDATE webhooks
            SET url = @Url, description = @Description, events = @Events, status = @Status, failing_since = NULL,
                version = version + 1
            WHERE id = @Id
            """;
    }
}
