namespace WorkspaceService.Features.Metering;

public static partial class ReportHealth
{
    private static class Sql
    {
        // No row: a newer reading is stored. The version is unchanged, because a score is a measurement and no edit.
        public const string Replace = """
            UPDATE service_lines SET health_score = @Score, health_observed_at = @ObservedAt
            WHERE id = @Id AND (health_observed_at IS NULL OR health_observed_at <= @ObservedAt)
            """;

        public const string Count = """
            UPDATE workspaces SET health_sum = health_sum + @Score, health_count = health_count + @Scores WHERE id = @Id
            """;
    }
}
