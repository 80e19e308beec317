namespace WorkspaceService;

/// <summary>
/// A test of several instances on one database. It is left out of the run on SQLite, which one instance has to itself;
/// the run on PostgreSQL has it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedDatabaseFactAttribute : FactAttribute
{
    public SharedDatabaseFactAttribute()
    {
        if (!new TestDatabase().IsShared)
        {
            Skip = "Left out: a SQLite file has one instance; the run with WORKSPACES_TEST_DB has this test.";
        }
    }
}
