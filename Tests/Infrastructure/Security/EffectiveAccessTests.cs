using WorkspaceService.Features.Access;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>The decision itself, over every state there is, against the rules written down a second time.</summary>
public sealed class EffectiveAccessTests
{
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 9, 0, 0, TimeSpan.Zero);

    private static readonly string?[] OrganizationRoles =
    [
        null, "owner", "admin", "member", "viewer", "billing", "guest"
    ];

    private static readonly string?[] WorkspaceRoles = [null, "admin", "member", "viewer", "guest"];

    [Fact]
    public void In_every_state_role_source_and_reason_are_as_the_rules_say()
    {
        var states = 0;
        foreach (var (facts, subscription) in States())
        {
            states++;
            var access = EffectiveAccess.Of(facts);
            var role = RoleIn(facts);

            access.Role.Should().Be(role, "{0}", facts);
            access.Source.Should().Be(SourceIn(facts, role), "{0}", facts);
            CanUseSite.ReasonAgainst(access, subscription, Now)
                .Should().Be(DenialReasonIn(facts, subscription, role), "{0}, {1}", facts, subscription);
        }

        states.Should().Be(2 * 7 * 5 * 2 * 2 * 3 * 4 * 4);
    }

    [Fact]
    public void Nobody_is_above_the_ceiling_and_nobody_without_the_organization_is_in_the_workspace()
    {
        foreach (var (facts, _) in States())
        {
            var rank = Roles.Rank(EffectiveAccess.Of(facts).Role);
            if (facts.WorkspaceRoleCeiling == 1)
            {
                rank.Should().BeLessThanOrEqualTo(Roles.Rank(facts.OrganizationRole), "{0}", facts);
            }

            if (facts.OrganizationRole is null || facts.UserStatus == "deactivated")
            {
                rank.Should().Be(0, "{0}", facts);
            }
        }
    }

    [Theory]
    [InlineData("admin", "admin", null)]
    [InlineData("admin", "guest", null)]
    [InlineData("member", "admin", "role_too_low")]
    [InlineData("member", "member", null)]
    [InlineData("viewer", "member", "role_too_low")]
    [InlineData("viewer", "guest", null)]
    [InlineData("guest", "viewer", "role_too_low")]
    [InlineData("guest", "guest", null)]
    [InlineData(null, "guest", "not_a_member")]
    public void A_role_allows_what_ranks_no_higher(string? role, string asked, string? reason)
    {
        var facts = new AccessFacts { UserStatus = "active", OrganizationRole = "member", WorkspaceRole = role };

        EffectiveAccess.Of(facts).ReasonAgainst(asked).Should().Be(reason);
        EffectiveAccess.Of(facts with { UserStatus = "deactivated" }).ReasonAgainst(asked)
            .Should().Be("user_inactive");
    }

    private static IEnumerable<(AccessFacts Facts, CanUseSite.Subscription Subscription)> States() =>
        from userStatus in new[] { "active", "deactivated" }
        from organizationRole in OrganizationRoles
        from workspaceRole in WorkspaceRoles
        from ceiling in new[] { 0, 1 }
        from workspaceStatus in new[] { "active", "archived" }
        from organizationStatus in new[] { "active", "suspended", "cancelled" }
        from subscription in new[] { "trialing", "active", "past_due", "cancelled" }
        from trialEndsAt in new DateTimeOffset?[] { null, Now.AddMilliseconds(-1), Now, Now.AddMilliseconds(1) }
        select (
            new AccessFacts
            {
                UserStatus = userStatus,
                OrganizationRole = organizationRole,
                WorkspaceRole = workspaceRole,
                WorkspaceRoleCeiling = ceiling,
                Status = workspaceStatus,
                OrganizationStatus = organizationStatus,
            },
            new CanUseSite.Subscription { SubscriptionStatus = subscription, TrialEndsAt = trialEndsAt });

    // R3, R5, R14: ranks as numbers, so that nothing of the code under test is used.
    private static string? RoleIn(AccessFacts facts)
    {
        int RankOf(string? role) => Array.IndexOf(["none", "guest", "viewer", "member", "admin"], role switch
        {
            null => "none",
            "owner" => "admin",
            "billing" => "viewer",
            _ => role,
        });

        if (facts.UserStatus == "deactivated" || facts.OrganizationRole is null)
        {
            return null;
        }

        var (organization, workspace) = (RankOf(facts.OrganizationRole), RankOf(facts.WorkspaceRole));
        var explicitly = facts.WorkspaceRoleCeiling == 1 ? Math.Min(organization, workspace) : workspace;
        var implicitly = organization == 4 ? 4 : 0;
        return Math.Max(explicitly, implicitly) switch
        {
            4 => "admin",
            3 => "member",
            2 => "viewer",
            1 => "guest",
            _ => null,
        };
    }

    private static string? SourceIn(AccessFacts facts, string? role) =>
        role is null ? null
        : facts.OrganizationRole is "owner" or "admin" && facts.WorkspaceRole != "admin" ? "organization"
        : "workspace";

    private static string? DenialReasonIn(
        AccessFacts facts, CanUseSite.Subscription subscription, string? role)
    {
        var reasons = new List<string>();
        void When(bool holds, string reason) => reasons.AddRange(holds ? [reason] : []);

        When(facts.UserStatus == "deactivated", "user_inactive");
        When(role is null, "not_a_member");
        When(facts.Status == "archived", "workspace_archived");
        When(facts.OrganizationStatus is "suspended" or "cancelled", "organization_suspended");
        When(subscription.SubscriptionStatus == "cancelled", "subscription_ended");
        When(
            subscription.SubscriptionStatus == "trialing"
                && (subscription.TrialEndsAt is null || subscription.TrialEndsAt <= Now),
            "trial_ended");
        return reasons.FirstOrDefault();
    }
}
