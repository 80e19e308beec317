namespace WorkspaceService;

/// <summary>
/// A test that needs PostgreSQL whichever database the others run on; it runs where <c>WORKSPACES_TEST_DB</c> names a
/// server, as it does in the second of the two runs that are asked for.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (!TestDatabase.HasServer)
        {
            Skip = "Left out: WORKSPACES_TEST_DB names no PostgreSQL server.";
        }
    }
}
