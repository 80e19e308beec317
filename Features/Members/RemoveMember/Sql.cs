namespace WorkspaceService.Features.Members;

public static partial class RemoveMember
{
    private static class Sql
    {
        public const string CountOwned = "SELECT COUNT(*) FROM workspaces WHERE id = @Id AND owner_id = @UserId";
    }
}
