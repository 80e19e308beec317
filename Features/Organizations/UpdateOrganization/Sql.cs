namespace WorkspaceService.Features.Organizations;

public static partial class UpdateOrganization
{
    private static class Sql
    {
        // No row: another organization has the slug.
        public const string Update = """
            UPDATE organizations
            SET name = @Name, slug = @Slug, search = @Search, billing_email = @BillingEmail, status = @Status,
                plan_id = @PlanId, limit_workspaces = @LimitWorkspaces, limit_members = @LimitMembers,
                limit_active_service_lines = @LimitActiveServiceLines, subscription_status = @SubscriptionStatus,
                trial_ends_at = @TrialEndsAt, settings = @Settings, workspace_role_ceiling = @WorkspaceRoleCeiling,
                version = version + 1, updated_at = @UpdatedAt
            WHERE id = @Id AND NOT EXISTS (SELECT 1 FROM organizations x WHERE x.slug = @Slug AND x.id <> @Id)
            """;
    }
}
