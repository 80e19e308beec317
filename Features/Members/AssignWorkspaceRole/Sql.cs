namespace WorkspaceService.Features.Members;

public static partial class AssignWorkspaceRole
{
    private static class Sql
    {
        public const string FindOwner = """
            SELECT u.id, u.code FROM workspaces w JOIN users u ON u.id = w.owner_id WHERE w.id = @Id
            """;

        public const string HandOver = """
            UPDATE workspaces SET owner_id = @OwnerId, version = version + 1, updated_at = @UpdatedAt WHERE id = @Id
            """;
    }
}
