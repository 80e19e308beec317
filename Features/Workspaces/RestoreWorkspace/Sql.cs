namespace WorkspaceService.Features.Workspaces;

public static partial class RestoreWorkspace
{
    private static class Sql
    {
        public const string Restore = """
            UPDATE workspaces SET status = 'active', version = version + 1, updated_at = @Now WHERE id = @Id
            """;
    }
}
