using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// What a person may do in a workspace: the one rule set (R3, R5, R14) behind authorization, access checks and
/// can_use_site, so that they cannot disagree. A function of stored facts, and of nothing else.
/// </summary>
public readonly record struct EffectiveAccess
{
    private readonly bool _isExplicit;

    private EffectiveAccess(AccessFacts facts, string? role, bool isExplicit, string? denialReason) =>
        (Facts, Role, _isExplicit, DenialReason) = (facts, role, isExplicit, denialReason);

    public AccessFacts Facts { get; }

    /// <summary>The effective role; null for none.</summary>
    public string? Role { get; }

    /// <summary>
    /// workspace where explicit membership alone gives <see cref="Role"/>, organization where it takes the organization
    /// role; null for no role.
    /// </summary>
    public string? Source => Role is null ? null : _isExplicit ? RoleSource.Workspace : RoleSource.Organization;

    /// <summary>Why the person has no role; null where it has one.</summary>
    public string? DenialReason { get; }

    public static EffectiveAccess Of(AccessFacts facts)
    {
        if (facts.UserStatus == UserObject.Deactivated)
        {
            return new EffectiveAccess(facts, role: null, isExplicit: false, Security.DenialReason.UserInactive);
        }

        var role = Roles.Effective(facts.OrganizationRole, facts.WorkspaceRole, facts.HasCeiling);
        var isExplicit = Roles.Rank(facts.WorkspaceRole) >= Roles.Rank(role);
        return new EffectiveAccess(facts, role, isExplicit, role is null ? Security.DenialReason.NotAMember : null);
    }

    /// <summary>Why the person may not act as <paramref name="role"/> in the workspace; null where it may.</summary>
    public string? ReasonAgainst(string role) =>
        Roles.Rank(Role) >= Roles.Rank(role) ? null : DenialReason ?? Security.DenialReason.RoleTooLow;
}
