using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// How a person stands to a workspace: the one rule set behind authority, access and can_use_site, so that they cannot
/// disagree. A function of stored state and time, and of nothing else.
/// </summary>
public readonly record struct EffectiveAccess
{
    public const string UserInactive = "user_inactive";
    public const string NotAMember = "not_a_member";
    public const string RoleTooLow = "role_too_low";
    public const string WorkspaceArchived = "workspace_archived";
    public const string OrganizationSuspended = "organization_suspended";
    public const string SubscriptionEnded = "subscription_ended";
    public const string TrialEnded = "trial_ended";

    private readonly bool _isExplicit;

    private EffectiveAccess(string? role, bool isExplicit, string? denialReason) =>
        (Role, _isExplicit, DenialReason) = (role, isExplicit, denialReason);

    /// <summary>The effective role; null for none.</summary>
    public string? Role { get; }

    /// <summary>
    /// workspace where explicit membership alone gives <see cref="Role"/>, organization where it takes the organization
    /// role; null for no role.
    /// </summary>
    public string? Source => Role is null ? null : _isExplicit ? "workspace" : "organization";

    /// <summary>Why the person may not use the site (R16); null where it may.</summary>
    public string? DenialReason { get; }

    public static EffectiveAccess Of(AccessFacts facts, DateTimeOffset now)
    {
        if (facts.UserStatus == "deactivated")
        {
            return new EffectiveAccess(role: null, isExplicit: false, UserInactive);
        }

        var role = Roles.Effective(facts.OrganizationRole, facts.WorkspaceRole, facts.HasCeiling);
        var isExplicit = Roles.Rank(facts.WorkspaceRole) >= Roles.Rank(role);
        return new EffectiveAccess(role, isExplicit, role is null ? NotAMember : DenialReasonIn(facts, now));
    }

    /// <summary>Why the person may not act as <paramref name="role"/> in the workspace; null where it may.</summary>
    public string? ReasonAgainst(string role) =>
        Roles.Rank(Role) >= Roles.Rank(role) ? null
        : Role is not null ? RoleTooLow
        : DenialReason == UserInactive ? UserInactive
        : NotAMember;

    private static string? DenialReasonIn(AccessFacts facts, DateTimeOffset now) =>
        facts.Status != "active" ? WorkspaceArchived
        : facts.OrganizationStatus != "active" ? OrganizationSuspended
        : facts.SubscriptionStatus is "active" or "past_due" ? null
        : facts.SubscriptionStatus != "trialing" ? SubscriptionEnded
        : facts.TrialEndsAt > now ? null
        : TrialEnded;
}
