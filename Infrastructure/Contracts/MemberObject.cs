using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>A member, of a workspace or of an organization, as the native surface shows it.</summary>
/// <example>
/// {
///   "user_id": "USR-26-000044",
///   "name": "Sam Rivera",
///   "email": "sam@example.com",
///   "role": "admin",
///   "status": "active",
///   "source": "workspace",
///   "joined_at": "2024-03-15T10:00:00Z"
/// }
/// </example>
public sealed record MemberObject : INumbered, IVersioned
{
    /// <summary>
    /// The columns of a workspace's explicit member, for a statement with <c>members m</c> and <c>users u</c> in it.
    /// </summary>
    internal const string Columns =
        "u.id AS number, u.code AS user_id, u.name, u.email, m.role, u.status, 'workspace' AS source, m.joined_at, "
        + "m.version";

    /// <summary>
    /// The columns of a member by organization role (R3), for a statement with <c>organization_members om</c> and
    /// <c>users u</c> in it.
    /// </summary>
    internal const string ImplicitColumns =
        "u.id AS number, u.code AS user_id, u.name, u.email, 'admin' AS role, u.status, 'organization' AS source, "
        + "om.joined_at, om.version";

    /// <summary>
    /// The columns of an organization member, for a statement with <c>organization_members om</c> and <c>users u</c> in
    /// it.
    /// </summary>
    internal const string OrganizationColumns =
        "u.id AS number, u.code AS user_id, u.name, u.email, om.role, u.status, 'organization' AS source, "
        + "om.joined_at, om.version";

    public string UserId { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Null for callers with a publishable key.</summary>
    public string? Email { get; init; }

    /// <summary>
    /// The role in the workspace: admin, member, viewer or guest; in an organization also owner or billing.
    /// </summary>
    [OneOf(typeof(Roles), nameof(Roles.All))]
    public string Role { get; init; } = "";

    /// <summary>active or deactivated: the user's status.</summary>
    [OneOf(typeof(UserObject), nameof(UserObject.Statuses))]
    public string Status { get; init; } = "";

    /// <summary>workspace for an explicit member; organization for one by organization role.</summary>
    [OneOf(typeof(RoleSource), nameof(RoleSource.All))]
    public string Source { get; init; } = "";

    public DateTimeOffset JoinedAt { get; init; }

    /// <summary>The user's number.</summary>
    [JsonIgnore]
    public long Number { get; init; }

    [JsonIgnore]
    public long Version { get; init; }

    /// <summary>The member as <paramref name="caller"/> may see it.</summary>
    public MemberObject SeenBy(Caller caller) => caller.SeesEmails ? this : this with { Email = null };

    /// <summary>The explicit member of a workspace.</summary>
    public static async Task<Versioned<MemberObject>> ReadAsync(Session session, long workspaceId, long userId) =>
        Versioned.Of(
            await session.GetAsync<MemberObject>(Sql.Read, new { WorkspaceId = workspaceId, UserId = userId }));

    /// <summary>The member of an organization.</summary>
    public static async Task<Versioned<MemberObject>> ReadOfOrganizationAsync(
        Session session, long organizationId, long userId) =>
        Versioned.Of(await session.GetAsync<MemberObject>(
            Sql.ReadOfOrganization, new { OrganizationId = organizationId, UserId = userId }));

    private static class Sql
    {
        public const string Read = $"""
            SELECT {Columns}
            FROM members m JOIN users u ON u.id = m.user_id
            WHERE m.workspace_id = @WorkspaceId AND m.user_id = @UserId
            """;

        public const string ReadOfOrganization = $"""
            SELECT {MemberObject.OrganizationColumns}
            FROM organization_members om JOIN users u ON u.id = om.user_id
            WHERE om.organization_id = @OrganizationId AND om.user_id = @UserId
            """;
    }
}
