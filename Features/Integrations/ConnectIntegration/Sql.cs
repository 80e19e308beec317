namespace WorkspaceService.Features.Integrations;

public static partial class ConnectIntegration
{
    private static class Sql
    {
        public const string Insert = """
            INSERT INTO integrations (id, code, workspace_id, organization_id, type, config, version, created_at)
            VALUES (@Id, @Code, @WorkspaceId, @OrganizationId, @Type, @Config, 1, @CreatedAt)
            """;
    }
}
