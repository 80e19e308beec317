using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>An API key as the native surface shows it.</summary>
/// <example>
/// {
///   "id": "key_26_00041",
///   "name": "Deployments",
///   "type": "secret",
///   "prefix": "secret_key_3f9a",
///   "organization_id": "ORG-26-090500",
///   "workspace_id": "WS-26-000021",
///   "user_id": null,
///   "permissions": ["read", "members:manage"],
///   "expires_at": null,
///   "created_at": "2026-04-01T09:00:00Z",
///   "last_used_at": null
/// }
/// </example>
public sealed record ApiKeyObject : INumbered, IVersioned, IHoldsSecret
{
    /// <summary>
    /// The object's columns, for a statement with <c>api_keys k</c> and LEFT JOINs of <c>organizations o</c>,
    /// <c>workspaces w</c> and <c>users u</c>.
    /// </summary>
    internal const string Columns = """
        k.id AS number, k.code AS id, k.name, k.type, k.hint AS prefix, o.code AS organization_id,
        w.code AS workspace_id,
        u.code AS user_id, k.permissions AS permission_list, k.expires_at, k.created_at, k.last_used_at, k.version
        """;

    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>root, user, secret or publishable.</summary>
    [OneOf(typeof(Security.ApiKeyTypes), nameof(Security.ApiKeyTypes.All))]
    public string Type { get; init; } = "";

    /// <summary>The beginning of the key, to tell keys apart.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The one organization that the key reaches; null for all of its user's.</summary>
    public string? OrganizationId { get; init; }

    /// <summary>The one workspace that the key reaches; null for all in its organization.</summary>
    public string? WorkspaceId { get; init; }

    /// <summary>The user it stands for; null for service keys.</summary>
    public string? UserId { get; init; }

    /// <summary>What a service key may do; null for user keys.</summary>
    [OneOf(typeof(Security.Permissions), nameof(Security.Permissions.All))]
    public IReadOnlyList<string>? Permissions
    {
        get => PermissionList?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        init => PermissionList = value is null ? null : string.Join(' ', value);
    }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>As far as this instance of the service knows; others tell it within a minute.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>The key itself: shown once, when it is made or rotated, and stored nowhere.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    [JsonIgnore]
    public bool HoldsSecret => Key is not null;

    [JsonIgnore]
    public long Number { get; init; }

    [JsonIgnore]
    public string? PermissionList { get; init; }

    [JsonIgnore]
    public long Version { get; init; }

    /// <summary>The key with a last use that is not saved yet; null for none.</summary>
    public ApiKeyObject UsedAt(DateTimeOffset? at) => at is null ? this : this with { LastUsedAt = at };

    /// <summary>The key with this number.</summary>
    public static async Task<Versioned<ApiKeyObject>> ReadAsync(Session session, long id) =>
        Versioned.Of(await session.GetAsync<ApiKeyObject>(Sql.Read, new { Id = id }));

    private static class Sql
    {
        public const string Read = $"""
            SELECT {Columns}
            FROM api_keys k
            LEFT JOIN organizations o ON o.id = k.organization_id
            LEFT JOIN workspaces w ON w.id = k.workspace_id
            LEFT JOIN users u ON u.id = k.user_id
            WHERE k.id = @Id
            """;
    }
}
