namespace WorkspaceService.Features.Webhooks;

public static partial class RotateWebhookSecret
{
    private static class Sql
    {
        public const string Rotate = """
            UPDATE webhooks
            SET previous_secret = CASE WHEN CAST(@Until AS BIGINT) > @Now THEN secret END,
                previous_secret_until = CASE WHEN CAST(@Until AS BIGINT) > @Now THEN CAST(@Until AS BIGINT) END,
                secret = @Secret, version = version + 1
            WHERE id = @Id
            """;
    }
}
