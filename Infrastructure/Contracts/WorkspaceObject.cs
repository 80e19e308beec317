using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>A workspace as lists show it.</summary>
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
///   "updated_at": "2026-04-01T09:00:00Z"
/// }
/// </example>
public record WorkspaceRow : IVersioned
{
    /// <summary>
    /// The row's columns, for a statement with <c>workspaces w</c>, <c>organizations o</c> and <c>@Month</c> in it.
    /// </summary>
    internal const string Columns = """
        w.code AS id, o.code AS organization_id, w.name, w.slug, w.type, w.description, w.status, w.member_count,
        w.active_service_lines,
        CASE
            WHEN w.health_count > 0 THEN (2 * w.health_sum + w.health_count) / (2 * w.health_count) END AS health_score,
        COALESCE((SELECT c.cost_micros FROM workspace_costs c
                  WHERE c.workspace_id = w.id AND c.month = @Month AND c.currency = w.currency), 0) AS cost_micros,
        w.currency, w.created_at, w.updated_at, w.version
        """;

    public string Id { get; init; } = "";

    public string OrganizationId { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Unique within the organization.</summary>
    public string Slug { get; init; } = "";

    /// <summary>private, closed, open or default.</summary>
    [OneOf(typeof(WorkspaceSettings), nameof(WorkspaceSettings.Types))]
    public string Type { get; init; } = "";

    public string? Description { get; init; }

    /// <summary>active or archived.</summary>
    [OneOf(typeof(WorkspaceLifecycle), nameof(WorkspaceLifecycle.Statuses))]
    public string Status { get; init; } = "";

    /// <summary>Active explicit members (R15).</summary>
    public long MemberCount { get; init; }

    public long ActiveServiceLines { get; init; }

    /// <summary>0–100, the rounded mean of the active lines' latest scores; null where there is none (R15).</summary>
    public long? HealthScore { get; init; }

    /// <summary>Metered cost of the current UTC month, in <see cref="Currency"/> (R15).</summary>
    public decimal CostMtd
    {
        get => Money.FromMicros(CostMicros);
        init => CostMicros = Money.ToMicros(value);
    }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore]
    public long CostMicros { get; init; }

    [JsonIgnore]
    public long Version { get; init; }
}

/// <summary>A workspace as it is shown alone.</summary>
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
///   "settings": { "default_currency": "USD", "require_task_service_line": true },
///   "seat_limit": null
/// }
/// </example>
public sealed record WorkspaceObject : WorkspaceRow
{
    /// <summary>default_currency, require_task_service_line, and whatever else was put there.</summary>
    [JsonPropertyOrder(1)]
    public RawJson Settings { get; init; } = new("{}");

    /// <summary>The most active members and pending invitations together; null is unlimited.</summary>
    [JsonPropertyOrder(1)]
    public long? SeatLimit { get; init; }

    /// <summary>The workspace with this number.</summary>
    public static async Task<Versioned<WorkspaceObject>> ReadAsync(Session session, long id) =>
        Versioned.Of(
            await session.GetCachedAsync<WorkspaceObject>(Sql.Read, new { Id = id, Month = Month.Of(session.Now) }));

    private static class Sql
    {
        public const string Read = $"""
            SELECT {Columns}, w.settings, w.seat_limit
            FROM workspaces w JOIN organizations o ON o.id = w.organization_id
            WHERE w.id = @Id
            """;
    }
}
