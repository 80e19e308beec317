namespace WorkspaceService;

/// <summary>
/// A test that makes PostgreSQL clusters of its own, and a PgBouncer before them. Where the programs are missing it is
/// left out, which the run says; with CI=true it runs all the same, and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && PostgresCluster.Missing is { } program)
        {
            Skip = $"Left out: it needs {program}, which is not installed here.";
        }
    }
}
