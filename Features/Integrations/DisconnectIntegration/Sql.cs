namespace WorkspaceService.Features.Integrations;

public static partial class DisconnectIntegration
{
    private static class Sql
    {
        public const string Delete = "DELETE FROM integrations WHERE id = @Id";
    }
}
