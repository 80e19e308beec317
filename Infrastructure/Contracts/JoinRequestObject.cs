using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>A person's request to join a workspace, as the native surface shows it.</summary>
/// <example>
/// {
///   "id": "JRQ-26-000002",
///   "workspace_id": "WS-26-000021",
///   "user_id": "USR-26-000081",
///   "name": "Tara Lind",
///   "email": "tara@example.com",
///   "status": "pending",
///   "decided_by": null,
///   "created_at": "2026-04-01T09:00:00Z",
///   "updated_at": "2026-04-01T09:00:00Z"
/// }
/// </example>
public sealed record JoinRequestObject : INumbered, IVersioned
{
    /// <summary>
    /// The object's columns, for a statement with <c>join_requests j</c>, its <c>workspaces w</c>, its <c>users u</c>
    /// and, where it was decided, <c>users d</c> in it.
    /// </summary>
    internal const string Columns = """
        j.id AS number, j.code AS id, w.code AS workspace_id, u.code AS user_id, u.name, u.email, j.status,
        d.code AS decided_by, j.created_at, j.updated_at, j.version
        """;

    public string Id { get; init; } = "";

    public string WorkspaceId { get; init; } = "";

    /// <summary>Who asks.</summary>
    public string UserId { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Null for callers with a publishable key.</summary>
    public string? Email { get; init; }

    /// <summary>pending, approved, denied or withdrawn.</summary>
    [OneOf(typeof(JoinRequestLifecycle), nameof(JoinRequestLifecycle.Statuses))]
    public string Status { get; init; } = "";

    /// <summary>
    /// The user who approved or denied it; null while it is pending, and where a service key decided.
    /// </summary>
    public string? DecidedBy { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore]
    public long Number { get; init; }

    [JsonIgnore]
    public long Version { get; init; }

    [JsonIgnore]
    public bool IsPending => Status == JoinRequestLifecycle.Pending;

    /// <summary>The request as <paramref name="caller"/> may see it.</summary>
    public JoinRequestObject SeenBy(Caller caller) => caller.SeesEmails ? this : this with { Email = null };
}
