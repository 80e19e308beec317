using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>An invitation as the native surface shows it.</summary>
/// <example>
/// {
///   "id": "INV-26-000007",
///   "workspace_id": "WS-26-000021",
///   "email": "ada@example.com",
///   "role": "member",
///   "status": "pending",
///   "expires_at": "2026-04-08T09:00:00Z",
///   "invited_by": "USR-26-000044",
///   "created_at": "2026-04-01T09:00:00Z"
/// }
/// </example>
public record InvitationObject : INumbered, IVersioned, IHoldsSecret
{
    /// <summary>
    /// The status at <c>@Now</c>, for a statement with <c>invitations i</c>: a pending row is expired from
    /// <c>expires_at</c> on, without a write.
    /// </summary>
    internal const string StatusNow =
        "CASE WHEN i.status = 'pending' AND i.expires_at <= @Now THEN 'expired' ELSE i.status END";

    /// <summary>
    /// The object's columns, for a statement with <c>invitations i</c>, its <c>workspaces w</c>, the inviter
    /// <c>users iu</c> and <c>@Now</c> in it.
    /// </summary>
    internal const string Columns = $"""
        i.id AS number, i.code AS id, w.code AS workspace_id, i.email, i.role, {StatusNow} AS status, i.expires_at,
        iu.code AS invited_by, i.created_at, i.version
        """;

    public string Id { get; init; } = "";

    public string WorkspaceId { get; init; } = "";

    /// <summary>Null for callers with a publishable key.</summary>
    public string? Email { get; init; }

    /// <summary>The workspace role that accepting gives: admin, member, viewer or guest.</summary>
    [OneOf(typeof(Roles), nameof(Roles.OfWorkspace))]
    public string Role { get; init; } = "";

    /// <summary>pending, accepted, declined, revoked or expired.</summary>
    [OneOf(typeof(InvitationLifecycle), nameof(InvitationLifecycle.Statuses))]
    public string Status { get; init; } = "";

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The inviting user.</summary>
    public string InvitedBy { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>What opens the invitation: shown once, when it is made or sent again, and stored nowhere.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    [JsonIgnore]
    public bool HoldsSecret => Token is not null;

    [JsonIgnore]
    public long Number { get; init; }

    [JsonIgnore]
    public long Version { get; init; }

    /// <summary>The invitation as <paramref name="caller"/> may see it.</summary>
    public InvitationObject SeenBy(Caller caller) => caller.SeesEmails ? this : this with { Email = null };

    /// <summary>The invitation with this number.</summary>
    public static async Task<Versioned<InvitationObject>> ReadAsync(Session session, long id) =>
        Versioned.Of(await session.GetAsync<InvitationObject>(Sql.Read, new { Id = id, session.Now }));

    private static class Sql
    {
        public const string Read = $"""
            SELECT {Columns}
            FROM invitations i JOIN workspaces w ON w.id = i.workspace_id JOIN users iu ON iu.id = i.invited_by
            WHERE i.id = @Id
            """;
    }
}
