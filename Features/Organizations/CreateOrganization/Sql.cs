namespace WorkspaceService.Features.Organizations;

public static partial class CreateOrganization
{
    private static class Sql
    {
        // "~" sorts after every character of a slug, so this is a range of the index.
        public const string ListSlugs = """
            SELECT slug FROM organizations WHERE slug >= @Stem AND slug < @Stem || '~'
            """;

        // No row: the slug is taken. Counts start at 0; adding the owner's membership counts it.
        public const string Insert = """
            INSERT INTO organizations (id, code, name, slug, search, billing_email, owner_id, status, plan_id,
                                       limit_workspaces, limit_members, limit_active_service_lines, subscription_status,
                                       trial_ends_at, settings, workspace_role_ceiling, workspace_count, member_count,
                                       active_service_lines, version, created_at, updated_at)
            VALUES (@Id, @Code, @Name, @Slug, @Search, @BillingEmail, @OwnerId, @Status, @PlanId,
                    @LimitWorkspaces, @LimitMembers, @LimitActiveServiceLines, @SubscriptionStatus,
                    @TrialEndsAt, @Settings, @WorkspaceRoleCeiling, 0, 0,
                    0, 1, @CreatedAt, @CreatedAt)
            ON CONFLICT (slug) DO NOTHING
            """;
    }
}
