namespace WorkspaceService.Features.Organizations;

public static partial class TransferOwnership
{
    private static class Sql
    {
        public const string DemoteOldOwner = """
            UPDATE organization_members SET role = 'admin', version = version + 1
            WHERE organization_id = @Id AND user_id = @OldOwnerId
            """;

        public const string PromoteNewOwner = """
            UPDATE organization_members SET role = 'owner', version = version + 1
            WHERE organization_id = @Id AND user_id = @NewOwnerId
            """;

        public const string SetOwner = """
            UPDATE organizations SET owner_id = @NewOwnerId, version = version + 1, updated_at = @UpdatedAt
            WHERE id = @Id
            """;
    }
}
