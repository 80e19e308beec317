namespace WorkspaceService.Features.ServiceLines;

public static partial class UpdateServiceLine
{
    private static class Sql
    {
        public const string Update = """
            UPDATE service_lines
            SET name = @Name, project_tags = @Tags, config = @Config, subscription_id = @SubscriptionId,
                starts_at = @StartsAt, ends_at = @EndsAt, version = version + 1, updated_at = @Now
            WHERE id = @Id
            """;
    }
}
