using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>An organization as the native surface shows it.</summary>
/// <example>
/// {
///   "id": "ORG-26-090500",
///   "name": "Apex Digital",
///   "slug": "apex-digital",
///   "billing_email": "billing@example.com",
///   "owner_id": "USR-26-000044",
///   "status": "active",
///   "plan_id": "plan_growth_monthly",
///   "limits": { "workspaces": 20, "members": 250, "active_service_lines": null },
///   "subscription_status": "active",
///   "trial_ends_at": null,
///   "settings": { "workspace_role_ceiling": true },
///   "workspace_count": 3,
///   "member_count": 42,
///   "active_service_lines": 6,
///   "created_at": "2024-03-15T10:00:00Z",
///   "updated_at": "2026-04-01T09:00:00Z"
/// }
/// </example>
public sealed record OrganizationObject : INumbered, IVersioned
{
    /// <summary>
    /// The object's columns, for a statement with <c>organizations o</c> and its owner <c>users ow</c> in it.
    /// </summary>
    internal const string Columns = """
        o.id AS number, o.code AS id, o.name, o.slug, o.billing_email, ow.code AS owner_id, o.status, o.plan_id,
        o.limit_workspaces, o.limit_members, o.limit_active_service_lines, o.subscription_status, o.trial_ends_at,
        o.settings,
        o.workspace_count, o.member_count, o.active_service_lines, o.created_at, o.updated_at, o.version
        """;

    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Unique in the service.</summary>
    public string Slug { get; init; } = "";

    /// <summary>Null for callers with a publishable key.</summary>
    public string? BillingEmail { get; init; }

    public string OwnerId { get; init; } = "";

    /// <summary>active, suspended or cancelled.</summary>
    [OneOf(typeof(OrganizationSettings), nameof(OrganizationSettings.Statuses))]
    public string Status { get; init; } = "";

    /// <summary>The plan, as the operator names it.</summary>
    public string? PlanId { get; init; }

    /// <summary>What the plan allows.</summary>
    public PlanLimits Limits
    {
        get => new(LimitWorkspaces, LimitMembers, LimitActiveServiceLines);
        init => (LimitWorkspaces, LimitMembers, LimitActiveServiceLines) = (value.Workspaces, value.Members,
            value.ActiveServiceLines);
    }

    /// <summary>trialing, active, past_due or cancelled.</summary>
    [OneOf(typeof(OrganizationSettings), nameof(OrganizationSettings.SubscriptionStatuses))]
    public string SubscriptionStatus { get; init; } = "";

    /// <summary>When a trial ends.</summary>
    public DateTimeOffset? TrialEndsAt { get; init; }

    /// <summary>workspace_role_ceiling, and whatever else was put there.</summary>
    public RawJson Settings { get; init; } = new("{}");

    /// <summary>Workspaces, archived ones included.</summary>
    public long WorkspaceCount { get; init; }

    /// <summary>Active organization members.</summary>
    public long MemberCount { get; init; }

    /// <summary>Active service lines, of all workspaces.</summary>
    public long ActiveServiceLines { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore]
    public long Number { get; init; }

    [JsonIgnore]
    public long? LimitWorkspaces { get; init; }

    [JsonIgnore]
    public long? LimitMembers { get; init; }

    [JsonIgnore]
    public long? LimitActiveServiceLines { get; init; }

    [JsonIgnore]
    public long Version { get; init; }

    /// <summary>The organization as <paramref name="caller"/> may see it.</summary>
    public OrganizationObject SeenBy(Caller caller) => caller.SeesEmails ? this : this with { BillingEmail = null };

    /// <summary>The organization with this number.</summary>
    public static async Task<Versioned<OrganizationObject>> ReadAsync(Session session, long id) =>
        Versioned.Of(await session.GetAsync<OrganizationObject>(Sql.Read, new { Id = id }));

    private static class Sql
    {
        public const string Read = $"""
            SELECT {Columns}
            FROM organizations o JOIN users ow ON ow.id = o.owner_id
            WHERE o.id = @Id
            """;
    }
}

/// <summary>What the plan allows (R9); null is unlimited.</summary>
/// <param name="Workspaces">Workspaces, archived ones included.</param>
/// <param name="Members">Organization members.</param>
/// <param name="ActiveServiceLines">Active service lines, of all workspaces.</param>
public sealed record PlanLimits(long? Workspaces, long? Members, long? ActiveServiceLines);
