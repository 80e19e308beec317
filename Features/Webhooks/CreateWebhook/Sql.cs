namespace WorkspaceService.Features.Webhooks;

public static partial class CreateWebhook
{
    private static class Sql
    {
        // It begins after its own event in the log.
        public const string Insert = """
            INSERT INTO webhooks (id, code, organization_id, organization_code, workspace_code, url, description,
                                  events, status, secret, version, created_at)
            VALUES (@Id, @Code, @OrganizationId, @OrganizationCode, @WorkspaceCode, @Url, @Description, @Events,
                    @Status, @Secret, 1, @CreatedAt)
            """;
    }
}
