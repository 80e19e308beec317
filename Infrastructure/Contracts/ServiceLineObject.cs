using System.Text.Json;
using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>A service line as the native surface shows it.</summary>
/// <example>
/// {
///   "id": "LIN-26-084729",
///   "name": "Payments platform",
///   "workspace_id": "WS-26-000021",
///   "organization_id": "ORG-26-090500",
///   "product_line": "managed_services",
///   "execution_model": "ongoing_sla",
///   "billing_model": "monthly_retainer",
///   "status": "active",
///   "project_tags": ["PROJ-26-004281"],
///   "subscription_id": "SUB-26-001122",
///   "config": {},
///   "health_score": 87,
///   "starts_at": null,
///   "started_at": "2026-01-15T09:00:00Z",
///   "ends_at": null,
///   "created_at": "2026-01-10T09:00:00Z",
///   "updated_at": "2026-01-15T09:00:00Z"
/// }
/// </example>
public sealed record ServiceLineObject : INumbered, IVersioned
{
    /// <summary>
    /// The object's columns, for a statement with <c>service_lines l</c>, <c>workspaces w</c> and
    /// <c>organizations o</c> in it.
    /// </summary>
    internal const string Columns = """
        l.code AS id, l.name, w.code AS workspace_id, o.code AS organization_id, l.product_line, l.execution_model,
        l.billing_model, l.status, l.project_tags AS tags, l.subscription_id, l.config, l.health_score, l.starts_at,
        l.started_at, l.ends_at, l.created_at, l.updated_at, l.version, l.id AS number
        """;

    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string WorkspaceId { get; init; } = "";

    public string OrganizationId { get; init; } = "";

    /// <summary>talent, managed_services, ods, infrastructure, intelligence or agent_gateway.</summary>
    [OneOf(typeof(ServiceLineRules), nameof(ServiceLineRules.ProductLines))]
    public string ProductLine { get; init; } = "";

    /// <summary>capacity, ongoing_sla, timeboxed_outcome, infra_managed, observability or agent_runtime.</summary>
    [OneOf(typeof(ServiceLineRules), nameof(ServiceLineRules.ExecutionModels))]
    public string ExecutionModel { get; init; } = "";

    /// <summary>
    /// monthly_retainer, milestone, usage_based, seat_based, time_and_materials, subscription, fixed_scope or
    /// usage_plus_subscription.
    /// </summary>
    [OneOf(typeof(ServiceLineRules), nameof(ServiceLineRules.BillingModels))]
    public string BillingModel { get; init; } = "";

    /// <summary>draft, active, paused, closed or terminated.</summary>
    [OneOf(typeof(ServiceLineLifecycle), nameof(ServiceLineLifecycle.Statuses))]
    public string Status { get; init; } = "";

    /// <summary>Labels, such as the ids of projects.</summary>
    public IReadOnlyList<string> ProjectTags
    {
        get => JsonSerializer.Deserialize<string[]>(Tags)!;
        init => Tags = TextOf(value);
    }

    /// <summary>The subscription that pays for it, by its id elsewhere.</summary>
    public string? SubscriptionId { get; init; }

    public RawJson Config { get; init; } = new("{}");

    /// <summary>0–100, the latest score; null before the first.</summary>
    public long? HealthScore { get; init; }

    /// <summary>When it is planned to start.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>When it was activated first.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it is planned to end; once it is closed or terminated, when that was.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore]
    public string Tags { get; init; } = "[]";

    [JsonIgnore]
    public long Version { get; init; }

    [JsonIgnore]
    public long Number { get; init; }

    /// <summary>Tags as stored: trimmed, without duplicates, in the given order.</summary>
    internal static string TextOf(IEnumerable<string>? tags) =>
        JsonSerializer.Serialize((tags ?? []).Select(tag => tag.Trim()).Distinct(), JsonConventions.Strict);

    /// <summary>The service line with this number.</summary>
    public static async Task<Versioned<ServiceLineObject>> ReadAsync(Session session, long id) =>
        Versioned.Of(await session.GetCachedAsync<ServiceLineObject>(Sql.Read, new { Id = id }));

    private static class Sql
    {
        public const string Read = $"""
            SELECT {Columns}
            FROM service_lines l JOIN workspaces w ON w.id = l.workspace_id
            JOIN organizations o ON o.id = l.organization_id
            WHERE l.id = @Id
            """;
    }
}
