using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// A user's effective role in a workspace (R3, R5, R14), computed from stored facts alone. Authorization, access checks
/// and can_use_site all use it.
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
    /// workspace where the explicit membership gives <see cref="Role"/>, organization where the organization role does;
    /// null for no role.
    /// </summary>
    public string? Source => Role is null ? null : _isExplicit ? RoleSource.Workspace : RoleSource.Organization;

    /// <summary>Why there is no role; null where there is one.</summary>
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

    /// <summary>Why the user may not act as <paramref name="role"/>; null where it may.</summary>
    public string? ReasonAgainst(string role) =>
        Roles.Rank(Role) >= Roles.Rank(role) ? null : DenialReason ?? Security.DenialReason.RoleTooLow;
}
