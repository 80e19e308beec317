namespace WorkspaceService.Features.Workspaces;

public static partial class ArchiveWorkspace
{
    private static class Sql
    {
        public const string Archive = """
            UPDATE workspaces SET status = 'archived', version = version + 1, updated_at = @Now WHERE id = @Id
            """;
    }
}
