namespace WorkspaceService.Features.Access;

public static partial class CanUseSite
{
    private static class Sql
    {
        public const string FindSubscription =
            "SELECT subscription_status, trial_ends_at FROM organizations WHERE id = @OrganizationId";
    }
}
