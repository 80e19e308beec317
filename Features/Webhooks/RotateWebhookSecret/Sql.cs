namespace WorkspaceService.Features.Webhooks;

public static partial class RotateWebhookSecret
{
    private static class Sql
    {
        public const string Rotate = """
            UPDATE webhooks
            SET previous_secret = CASE WHEN @Until > @Now THEN secret END,
                previous_secret_until = CASE WHEN @Until > @Now THEN @Until END,
                secret = @Secret, version = version + 1
            WHERE id = @Id
            """;
    }
}
