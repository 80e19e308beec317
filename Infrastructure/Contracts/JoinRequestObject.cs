using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Database;
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
public sealed record JoinRequestObject : INumbered
{
    /// <summary>
    /// The object's columns, for a statement with <c>join_requests j</c>, its <c>workspaces w</c>, its <c>users u</c> and,
    /// where it was decided, <c>users d</c> in it.
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
    [OneOf("pending", "approved", "denied", "withdrawn")]
    public string Status { get; init; } = "";

    /// <summary>The user who approved or denied it; null while it is pending, and where a service key decided.</summary>
    public string? DecidedBy { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore]
    public long Number { get; init; }

    [JsonIgnore]
    public long Version { get; init; }

    [JsonIgnore]
    public bool IsPending => Status == "pending";
}

public static class JoinRequestObjects
{
    public static readonly Fault Decided = Fault.Conflict("invalid_transition", "The request has been decided or withdrawn already.");

    /// <summary>The request of this code in a workspace; null for none.</summary>
    public static Task<JoinRequestObject?> FindJoinRequestAsync(this Session session, long workspaceId, string code) =>
        session.FindAsync<JoinRequestObject>(Sql.Find, new { WorkspaceId = workspaceId, Code = code });

    /// <summary>
    /// Ends a pending request: <c>invalid_transition</c> where it is pending no more. Appends
    /// <c>join_request.approved</c>, <c>.denied</c> or <c>.withdrawn</c>.
    /// </summary>
    /// <param name="status">approved, denied or withdrawn.</param>
    public static async Task<Outcome<Versioned<JoinRequestObject>>> EndJoinRequestAsync(
        this Session session, WorkspaceAccess workspace, JoinRequestObject request, string status, DateTimeOffset now)
    {
        var end = new
        {
            Id = request.Number,
            Status = status,
            DecidedBy = status == "withdrawn" ? null : session.Writer!.UserId,
            UpdatedAt = now,
        };
        if (await session.ExecuteAsync(Sql.End, end) == 0)
        {
            return Decided;
        }

        await session.AppendAsync(
            now,
            $"join_request.{status}",
            workspace.OrganizationCode,
            workspace.Code,
            ("join_request", request.Id),
            new Changes().Set("status", "pending", status));
        var ended = (await session.FindJoinRequestAsync(workspace.Id, request.Id))!;
        return new Versioned<JoinRequestObject>(ended, ended.Version);
    }

    private static class Sql
    {
        public const string Find = $"""
            SELECT {JoinRequestObject.Columns}
            FROM join_requests j
            JOIN workspaces w ON w.id = j.workspace_id
            JOIN users u ON u.id = j.user_id
            LEFT JOIN users d ON d.id = j.decided_by
            WHERE j.code = @Code AND j.workspace_id = @WorkspaceId
            """;

        // No row: it is pending no more.
        public const string End = """
            UPDATE join_requests SET status = @Status, decided_by = @DecidedBy, version = version + 1, updated_at = @UpdatedAt
            WHERE id = @Id AND status = 'pending'
            """;
    }
}
