using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>What decides how a person stands to a workspace, as it is stored at one moment.</summary>
public record AccessFacts
{
    public long WorkspaceId { get; init; }

    // Words of closed sets, of which one copy each is enough for the thousands of these that are remembered.
    public string WorkspaceStatus { get; init => field = string.Intern(value); } = "";

    public string Type { get; init => field = string.Intern(value); } = "";

    public long OrganizationId { get; init; }

    public string OrganizationStatus { get; init => field = string.Intern(value); } = "";

    public string SubscriptionStatus { get; init => field = string.Intern(value); } = "";

    public DateTimeOffset? TrialEndsAt { get; init; }

    /// <summary>1 where a workspace role may not outrank the organization role (R5).</summary>
    public long WorkspaceRoleCeiling { get; init; }

    /// <summary>Null where there is no such user.</summary>
    public long? UserId { get; init; }

    /// <summary>active or deactivated.</summary>
    public string? UserStatus { get; init => field = Word(value); }

    public string? OrganizationRole { get; init => field = Word(value); }

    /// <summary>The explicit membership; null for none.</summary>
    public string? WorkspaceRole { get; init => field = Word(value); }

    private static string? Word(string? value) => value is null ? null : string.Intern(value);
}

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

    private EffectiveAccess(string? role, bool isExplicit, string? denialReason) => (Role, _isExplicit, DenialReason) = (role, isExplicit, denialReason);

    /// <summary>The effective role; null for none.</summary>
    public string? Role { get; }

    /// <summary>
    /// workspace where explicit membership alone gives <see cref="Role"/>, organization where it takes the organization role;
    /// null for no role.
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

        var role = Roles.Effective(facts.OrganizationRole, facts.WorkspaceRole, facts.WorkspaceRoleCeiling != 0);
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
        facts.WorkspaceStatus != "active" ? WorkspaceArchived
        : facts.OrganizationStatus != "active" ? OrganizationSuspended
        : facts.SubscriptionStatus is "active" or "past_due" ? null
        : facts.SubscriptionStatus != "trialing" ? SubscriptionEnded
        : facts.TrialEndsAt > now ? null
        : TrialEnded;
}
