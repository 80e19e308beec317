using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Objects;

/// <summary>Whether a person may act in a role in a workspace, as the native surface shows it.</summary>
/// <param name="Allowed">True where the effective role ranks at least as high as the one that was asked for.</param>
/// <param name="Role">The effective role: admin, member, viewer or guest; null for none.</param>
/// <param name="Source">workspace where membership gives the role, organization where the organization role does.</param>
/// <param name="Reason">user_inactive, not_a_member or role_too_low; null when allowed.</param>
public sealed record AccessObject(bool Allowed, string? Role, string? Source, string? Reason)
{
    public static AccessObject Of(Standing standing, string role)
    {
        var reason = standing.ReasonAgainst(role);
        return new(reason is null, standing.Role, standing.Source, reason);
    }
}
