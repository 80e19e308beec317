using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>A workspace and the user's standing in it.</summary>
/// <example>
/// {
///   "id": "WS-26-000021",
///   "organization_id": "ORG-26-090500",
///   "name": "Platform Engineering",
///   "slug": "platform-engineering",
///   "type": "private",
///   "description": null,
///   "status": "active",
///   "member_count": 14,
///   "active_service_lines": 6,
///   "health_score": 87,
///   "cost_mtd": 142650.00,
///   "currency": "USD",
///   "created_at": "2024-03-15T10:00:00Z",
///   "updated_at": "2026-04-01T09:00:00Z",
///   "role": "admin",
///   "source": "workspace"
/// }
/// </example>
public sealed record UserWorkspace : WorkspaceRow, INumbered
{
    /// <summary>The effective role: admin, member, viewer or guest.</summary>
    [OneOf(typeof(Roles), nameof(Roles.OfWorkspace))]
    public string Role => Roles.Effective(OrganizationRole, WorkspaceRole, WorkspaceRoleCeiling != 0)!;

    /// <summary>
    /// workspace where the role is that of an explicit membership; organization where the organization role gives
    /// it.
    /// </summary>
    [OneOf(typeof(RoleSource), nameof(RoleSource.All))]
    public string Source =>
        WorkspaceRole is null || (Role == Roles.Admin && WorkspaceRole != Roles.Admin)
            ? RoleSource.Organization
            : RoleSource.Workspace;

    [JsonIgnore]
    public long Number { get; init; }

    [JsonIgnore]
    public string OrganizationRole { get; init; } = "";

    [JsonIgnore]
    public string? WorkspaceRole { get; init; }

    [JsonIgnore]
    public long WorkspaceRoleCeiling { get; init; }
}
