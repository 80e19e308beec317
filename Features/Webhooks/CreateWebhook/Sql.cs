namespace WorkspaceService.Features.Webhooks;

public static partial class CreateWebhook
{
    private static class Sql
    {
        // Begins at the end of the log; of what is committed meanwhile, events before its creation are passed over.
        public const string Insert = """
            INSERT INTO webhooks (id, code, organization_id, organization_code, workspace_code, url, description, events,
                                  status, secret, position, version, created_at)
            VALUES (@Id, @Code, @OrganizationId, @OrganizationCode, @WorkspaceCode, @Url, @Description, @Events,
                    @Status, @Secret, (SELECT COALESCE(MAX(sequence), 0) FROM events), 1, @CreatedAt)
            """;
    }
}
