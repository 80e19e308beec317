using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Infrastructure.Objects;

/// <summary>An organization as the native surface shows it.</summary>
public sealed record OrganizationObject
{
    /// <summary>The object's columns, for a statement with <c>organizations o</c> and its owner <c>users ow</c> in it.</summary>
    internal const string Columns = """
        o.code AS id, o.name, o.slug, o.billing_email, ow.code AS owner_id, o.status, o.plan_id, o.limit_workspaces,
        o.limit_members, o.limit_active_service_lines, o.subscription_status, o.trial_ends_at, o.settings, o.workspace_count,
        o.member_count, o.active_service_lines, o.created_at, o.updated_at, o.version
        """;

    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Unique in the service.</summary>
    public string Slug { get; init; } = "";

    /// <summary>Null for callers with a publishable key.</summary>
    public string? BillingEmail { get; init; }

    public string OwnerId { get; init; } = "";

    /// <summary>active, suspended or cancelled.</summary>
    public string Status { get; init; } = "";

    public string? PlanId { get; init; }

    public PlanLimits Limits
    {
        get => new(LimitWorkspaces, LimitMembers, LimitActiveServiceLines);
        init => (LimitWorkspaces, LimitMembers, LimitActiveServiceLines) = (value.Workspaces, value.Members, value.ActiveServiceLines);
    }

    /// <summary>trialing, active, past_due or cancelled.</summary>
    public string SubscriptionStatus { get; init; } = "";

    public DateTimeOffset? TrialEndsAt { get; init; }

    /// <summary>workspace_role_ceiling, and whatever else was put there.</summary>
    public RawJson Settings { get; init; } = new("{}");

    /// <summary>Workspaces, archived ones included.</summary>
    public long WorkspaceCount { get; init; }

    /// <summary>Active organization members.</summary>
    public long MemberCount { get; init; }

    public long ActiveServiceLines { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore]
    public long? LimitWorkspaces { get; init; }

    [JsonIgnore]
    public long? LimitMembers { get; init; }

    [JsonIgnore]
    public long? LimitActiveServiceLines { get; init; }

    [JsonIgnore]
    public long Version { get; init; }
}

/// <summary>What the plan allows (R9); null is unlimited.</summary>
public sealed record PlanLimits(long? Workspaces, long? Members, long? ActiveServiceLines);

public static class OrganizationObjects
{
    /// <summary>The organization with this number, which must exist.</summary>
    public static async Task<Versioned<OrganizationObject>> ReadOrganizationAsync(this Session session, long id)
    {
        var organization = (await session.FindAsync<OrganizationObject>(Sql.Read, new { Id = id }))!;
        return new(organization, organization.Version);
    }

    private static class Sql
    {
        public const string Read = $"""
            SELECT {OrganizationObject.Columns}
            FROM organizations o JOIN users ow ON ow.id = o.owner_id
            WHERE o.id = @Id
            """;
    }
}
