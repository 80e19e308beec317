namespace WorkspaceService.Features.Search;

public static partial class SearchConsole
{
    private static class Sql
    {
        public const string FindWorkspaceOfInvitation = """
            SELECT w.code FROM invitations i JOIN workspaces w ON w.id = i.workspace_id WHERE i.code = @Code
            """;

        public const string FindWorkspaceOfRequest = """
            SELECT w.code FROM join_requests j JOIN workspaces w ON w.id = j.workspace_id WHERE j.code = @Code
            """;

        public const string FindWebhookOfDelivery = """
            SELECT h.code FROM webhook_deliveries d JOIN webhooks h ON h.id = d.webhook_id WHERE d.code = @Code
            """;
    }
}
