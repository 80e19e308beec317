namespace WorkspaceService.Features.Metering;

public static partial class ReportHealth
{
    private static class Sql
    {
        // No row: a newer reading is there already. A score is measured, like a count, and no edit: the version stays.
        public const string Replace = """
            UPDATE service_lines SET health_score = @Score, health_observed_at = @ObservedAt
            WHERE id = @Id AND (health_observed_at IS NULL OR health_observed_at <= @ObservedAt)
            """;

        public const string Count = """
            UPDATE workspaces SET health_sum = health_sum + @Score, health_count = health_count + @Scores WHERE id = @Id
            """;
    }
}
