namespace WorkspaceService.Infrastructure.Hosting.Commands.Verification;

/// <summary>Counts beside the rows that they count.</summary>
internal static class CountChecks
{
    public static readonly Check[] All =
    [
        Of("organizations.workspace_count", "its workspaces are", Sql.WorkspacesOfOrganizations),
        Of("organizations.member_count", "its active members are", Sql.MembersOfOrganizations),
        Of("organizations.active_service_lines", "its active service lines are", Sql.ServiceLinesOfOrganizations),
        Of("workspaces.member_count", "its active members are", Sql.MembersOfWorkspaces),
        Of("workspaces.admin_count", "its active admins are", Sql.AdminsOfWorkspaces),
        Of("workspaces.active_service_lines", "its active service lines are", Sql.ServiceLinesOfWorkspaces),
        Of("workspaces.health_count", "the scores of its active service lines are", Sql.ScoresOfWorkspaces),
        Of("workspaces.health_sum", "the scores of its active service lines add up to", Sql.SumOfScoresOfWorkspaces),
    ];

    private static Check Of(string counter, string counted, string sql) => Check.Of<Count>(
        counter,
        sql,
        row => row.Stored == row.Counted
            ? null
            : $"{row.Code}: {counter.Split('.')[1]} is {row.Stored}, but {counted} {row.Counted}");

    private sealed record Count
    {
        public string Code { get; init; } = "";

        public long Stored { get; init; }

        public long Counted { get; init; }
    }

    private static class Sql
    {
        public const string WorkspacesOfOrganizations = """
            SELECT o.code, o.workspace_count AS stored, (
                SELECT COUNT(*) FROM workspaces w WHERE w.organization_id = o.id) AS counted
            FROM organizations o
            """;

        public const string MembersOfOrganizations = """
            SELECT o.code, o.member_count AS stored, (
                SELECT COUNT(*) FROM organization_members om JOIN users u ON u.id = om.user_id
                WHERE om.organization_id = o.id AND u.status = 'active') AS counted
            FROM organizations o
            """;

        public const string ServiceLinesOfOrganizations = """
            SELECT o.code, o.active_service_lines AS stored, (
                SELECT COUNT(*) FROM service_lines l WHERE l.organization_id = o.id AND l.status = 'active') AS counted
            FROM organizations o
            """;

        public const string MembersOfWorkspaces = """
            SELECT w.code, w.member_count AS stored, (
                SELECT COUNT(*) FROM members m JOIN users u ON u.id = m.user_id
                WHERE m.workspace_id = w.id AND u.status = 'active') AS counted
            FROM workspaces w
            """;

        public const string AdminsOfWorkspaces = """
            SELECT w.code, w.admin_count AS stored, (
                SELECT COUNT(*) FROM members m JOIN users u ON u.id = m.user_id
                WHERE m.workspace_id = w.id AND m.role = 'admin' AND u.status = 'active') AS counted
            FROM workspaces w
            """;

        public const string ServiceLinesOfWorkspaces = """
            SELECT w.code, w.active_service_lines AS stored, (
                SELECT COUNT(*) FROM service_lines l WHERE l.workspace_id = w.id AND l.status = 'active') AS counted
            FROM workspaces w
            """;

        public const string ScoresOfWorkspaces = """
            SELECT w.code, w.health_count AS stored, (
                SELECT COUNT(l.health_score) FROM service_lines l
                WHERE l.workspace_id = w.id AND l.status = 'active') AS counted
            FROM workspaces w
            """;

        public const string SumOfScoresOfWorkspaces = """
            SELECT w.code, w.health_sum AS stored, (
                SELECT CAST(COALESCE(SUM(l.health_score), 0) AS BIGINT) FROM service_lines l
                WHERE l.workspace_id = w.id AND l.status = 'active') AS counted
            FROM workspaces w
            """;
    }
}
