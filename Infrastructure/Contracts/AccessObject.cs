using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>Whether a person may act in a role in a workspace, as the native surface shows it.</summary>
/// <param name="Allowed">True where the effective role ranks at least as high as the one that was asked for.</param>
/// <param name="Role">The effective role: admin, member, viewer or guest; null for none.</param>
/// <param name="Source">
/// workspace where membership gives the role, organization where the organization role does.
/// </param>
/// <param name="Reason">user_inactive, not_a_member or role_too_low; null when allowed.</param>
/// <example>{ "allowed": true, "role": "admin", "source": "organization", "reason": null }</example>
public sealed record AccessObject(
    bool Allowed,
    [property: OneOf(typeof(Roles), nameof(Roles.OfWorkspace))] string? Role,
    [property: OneOf(typeof(RoleSource), nameof(RoleSource.All))] string? Source,
    [property: OneOf(typeof(DenialReason), nameof(DenialReason.OfAccess))] string? Reason)
{
    public static AccessObject Of(EffectiveAccess access, string role)
    {
        var reason = access.ReasonAgainst(role);
        return new(reason is null, access.Role, access.Source, reason);
    }
}
