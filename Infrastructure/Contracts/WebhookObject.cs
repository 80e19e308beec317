using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>A webhook as the native surface shows it.</summary>
/// <example>
/// {
///   "id": "WHK-26-000005",
///   "organization_id": "ORG-26-090500",
///   "workspace_id": "WS-26-000021",
///   "url": "https://hooks.example.com/workspaces",
///   "description": "Tells the directory who joined and who left.",
///   "events": ["member.*", "workspace.archived"],
///   "status": "enabled",
///   "created_at": "2026-04-01T09:00:00Z"
/// }
/// </example>
public sealed record WebhookObject : INumbered, IVersioned, IHoldsSecret
{
    public const string Enabled = "enabled";
    public const string Disabled = "disabled";

    /// <summary>Its deliveries are being deleted; nobody sees it any more.</summary>
    internal const string Deleted = "deleted";

    public static readonly string[] Statuses = [Enabled, Disabled];

    /// <summary>The object's columns, for a statement with <c>webhooks h</c> in it.</summary>
    internal const string Columns = """
        h.id AS number, h.code AS id, h.organization_code AS organization_id, h.workspace_code AS workspace_id, h.url,
        h.description, h.events AS event_list, h.status, h.created_at, h.version
        """;

    public string Id { get; init; } = "";

    public string OrganizationId { get; init; } = "";

    /// <summary>Only events of this workspace are sent; null for all of the organization.</summary>
    public string? WorkspaceId { get; init; }

    /// <summary>Where events are posted to.</summary>
    public string Url { get; init; } = "";

    public string? Description { get; init; }

    /// <summary>Which events are sent: <c>*</c>, the types of a domain such as <c>member.*</c>, or one type.</summary>
    public IReadOnlyList<string> Events
    {
        get => EventList.Split(' ');
        init => EventList = string.Join(' ', value);
    }

    /// <summary>enabled or disabled; what is not sent meanwhile is sent when it is enabled again.</summary>
    [OneOf(typeof(WebhookObject), nameof(Statuses))]
    public string Status { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// The secret that deliveries are signed with (Standard Webhooks): shown once, when the webhook is made or the
    /// secret rotated.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    [JsonIgnore]
    public bool HoldsSecret => Secret is not null;

    [JsonIgnore]
    public long Number { get; init; }

    [JsonIgnore]
    public string EventList { get; init; } = "";

    [JsonIgnore]
    public long Version { get; init; }

    /// <summary>The webhook with this number.</summary>
    public static async Task<Versioned<WebhookObject>> ReadAsync(Session session, long id) =>
        Versioned.Of(await session.GetAsync<WebhookObject>(Sql.Read, new { Id = id }));

    private static class Sql
    {
        public const string Read = $"SELECT {Columns} FROM webhooks h WHERE h.id = @Id";
    }
}
