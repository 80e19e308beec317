using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Webhooks;

public static partial class ListWebhooks
{
    private const string Rows = $"""
        SELECT {WebhookObject.Columns}
        FROM webhooks h
        WHERE h.id > @After AND h.status <> '{WebhookObject.Deleted}'
          AND (CAST(@WorkspaceCode AS TEXT) IS NULL OR h.workspace_code = @WorkspaceCode)
          AND (CAST(@Status AS TEXT) IS NULL OR h.status = @Status)
        """;

    private const string OnePage = "ORDER BY h.id LIMIT @Take";

    private static class Sql
    {
        public const string ListAll = $"{Rows} {OnePage}";

        public const string ListOfOrganization = $"{Rows} AND h.organization_id = @OrganizationId {OnePage}";

        public const string ListOfAdministered = $"""
            {Rows}
              AND h.organization_id IN (
                  SELECT om.organization_id FROM organization_members om
                  WHERE om.user_id = @UserId AND om.role IN ('owner', 'admin'))
            {OnePage}
            """;
    }
}
