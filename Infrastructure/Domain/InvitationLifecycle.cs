using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// The lifecycle of an invitation: pending → accepted, declined, revoked or expired; resending sets an expired one to
/// pending again. Each transition is one UPDATE that requires the status before it.
/// </summary>
public static class InvitationLifecycle
{
    public const string Pending = "pending";
    public const string Accepted = "accepted";
    public const string Declined = "declined";
    public const string Revoked = "revoked";
    public const string Expired = "expired";

    public static readonly string[] Statuses = [Pending, Accepted, Declined, Revoked, Expired];

    /// <summary>409: the address has a pending invitation to the workspace.</summary>
    public static readonly Fault AlreadyPending = Fault.Conflict(
        "invitation_pending",
        "The address has a pending invitation to the workspace already; send that one again, or revoke it.");

    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(7);
    private static readonly TimeSpan MinLifetime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(30);

    private static readonly Fault ExpiryOutOfRange =
        Fault.Invalid("/expires_at", "out_of_range", "Must lie 1 minute to 30 days ahead.");

    /// <summary>
    /// The expiry of an invitation created or resent at <paramref name="now"/>: the requested time, 1 minute to 30 days
    /// ahead; 7 days ahead where none is given.
    /// </summary>
    public static Outcome<DateTimeOffset> ExpiryOf(DateTimeOffset? asked, DateTimeOffset now) =>
        asked is null ? now + DefaultLifetime
        : asked >= now + MinLifetime && asked <= now + MaxLifetime ? asked.Value
        : ExpiryOutOfRange;

    /// <summary>
    /// The organization role of an invitee who is no member of the organization yet: guest and viewer stay what they
    /// are, every other workspace role gives member.
    /// </summary>
    public static string OrganizationRoleFor(string role) => role is Roles.Guest or Roles.Viewer ? role : Roles.Member;

    /// <summary>
    /// 409 <c>user_deactivated</c> for a deactivated member of the organization (R14); otherwise null, so that nothing
    /// is revealed about a user who is no member.
    /// </summary>
    public static Fault? DeactivationFault(string? organizationRole, string? userStatus) =>
        organizationRole is not null && userStatus == UserObject.Deactivated ? UserRecords.UserDeactivated : null;

    /// <summary>409 <c>invalid_transition</c>.</summary>
    public static Fault NotPending(string status) =>
        Fault.Conflict("invalid_transition", $"The invitation is {status}.");

    /// <summary>
    /// 410 <c>invitation_used</c>, <c>_declined</c>, <c>_revoked</c> or <c>_expired</c>; null for a pending one.
    /// </summary>
    public static Fault? GoneBy(string status) => status switch
    {
        Pending => null,
        Accepted => Gone("used", "was accepted already"),
        Declined => Gone("declined", "was declined"),
        Revoked => Gone("revoked", "was revoked"),
        _ => Gone("expired", "has expired; ask for it to be sent again"),
    };

    /// <summary>The invitation with this code in a workspace; null for none.</summary>
    public static async Task<InvitationRow?> FindAsync(Session session, long workspaceId, string code) =>
        Codes.Is(Codes.Invitation, code)
            ? await session.FindAsync<InvitationRow>(
                Sql.FindByCode, new { WorkspaceId = workspaceId, Code = code, session.Now })
            : null;

    /// <summary>The invitation with this token, in any status; null for none.</summary>
    public static Task<InvitationRow?> FindByTokenAsync(Session session, string token) =>
        session.FindAsync<InvitationRow>(Sql.FindByToken, new { TokenHash = SecretText.Hash(token), session.Now });

    /// <summary>True where an invitation of this workspace has this code.</summary>
    public static async Task<bool> ExistsAsync(Session session, long workspaceId, string code) =>
        Codes.Is(Codes.Invitation, code)
        && await session.ScalarAsync<long>(Sql.CountByCode, new { WorkspaceId = workspaceId, Code = code }) > 0;

    /// <summary>True where an invitation, in any status, has this token.</summary>
    public static async Task<bool> ExistsAsync(Session session, string token) =>
        await session.ScalarAsync<long>(Sql.CountByToken, new { TokenHash = SecretText.Hash(token) }) > 0;

    /// <summary>
    /// Sets the stored status of the address's pending invitation to expired, if its time is over: a unique index
    /// allows one pending row per address. Expiry appends no event.
    /// </summary>
    public static Task ExpireAsync(Session session, long workspaceId, string emailKey) =>
        session.ExecuteAsync(Sql.Expire, new { WorkspaceId = workspaceId, EmailKey = emailKey, session.Now });

    /// <summary>
    /// Sets a pending invitation to <paramref name="status"/>. Appends <c>invitation.accepted</c>, <c>.declined</c> or
    /// <c>.revoked</c>.
    /// </summary>
    public static async Task CloseAsync(Session session, InvitationRow invitation, string status)
    {
        if (await session.ExecuteAsync(Sql.Close, new { invitation.Id, Status = status, session.Now }) == 0)
        {
            throw new InvalidOperationException("Only a pending invitation is closed.");
        }

        await EventLog.AppendAsync(
            session,
            $"invitation.{status}",
            invitation.Workspace,
            ("invitation", invitation.Code),
            Changes.Of("status", Pending, status));
    }

    /// <summary>
    /// Revokes the pending invitations of the user's address in one organization, or in all. Appends one
    /// <c>invitation.revoked</c> per invitation.
    /// </summary>
    /// <param name="organizationId">Null for every organization.</param>
    public static async Task RevokeAllAsync(Session session, long userId, long? organizationId = null)
    {
        var theirs = new { UserId = userId, OrganizationId = organizationId, session.Now };
        var revoked = await session.ListAsync<EndedRow>(Sql.RevokeAll, theirs);
        await EndedRow.AppendAsync(session, revoked, "invitation", Revoked, Pending);
    }

    private static Fault Gone(string word, string happened) =>
        new(FaultKind.Gone, $"invitation_{word}", $"The invitation {happened}.");

    private static class Sql
    {
        public const string FindByCode = $"""
            SELECT {InvitationRow.Columns}
            {InvitationRow.From}
            WHERE i.workspace_id = @WorkspaceId AND i.code = @Code
            """;

        public const string FindByToken = $"""
            SELECT {InvitationRow.Columns}
            {InvitationRow.From}
            WHERE i.token_hash = @TokenHash
            """;

        public const string CountByCode =
            "SELECT COUNT(*) FROM invitations WHERE workspace_id = @WorkspaceId AND code = @Code";

        public const string CountByToken = "SELECT COUNT(*) FROM invitations WHERE token_hash = @TokenHash";

        public const string Expire = """
            UPDATE invitations SET status = 'expired'
            WHERE workspace_id = @WorkspaceId AND email_key = @EmailKey AND status = 'pending' AND expires_at <= @Now
            """;

        // No row: it is not pending, or it has expired.
        public const string Close = """
            UPDATE invitations SET status = @Status, version = version + 1, updated_at = @Now
            WHERE id = @Id AND status = 'pending' AND expires_at > @Now
            """;

        public const string RevokeAll = """
            UPDATE invitations SET status = 'revoked', version = version + 1, updated_at = @Now
            WHERE email_key = (SELECT u.email_key FROM users u WHERE u.id = @UserId)
              AND status = 'pending' AND expires_at > @Now
              AND (CAST(@OrganizationId AS BIGINT) IS NULL OR workspace_id IN (
                  SELECT w.id FROM workspaces w WHERE w.organization_id = @OrganizationId))
            RETURNING code, (SELECT w.code FROM workspaces w WHERE w.id = workspace_id) AS workspace_code, (
                SELECT o.code FROM workspaces w JOIN organizations o ON o.id = w.organization_id
                WHERE w.id = workspace_id) AS organization_code
            """;
    }
}

/// <summary>An invitation with its workspace, organization and invitee.</summary>
public sealed record InvitationRow : IVersioned
{
    internal const string Columns = $"""
        i.id, i.code, i.workspace_id, w.code AS workspace_code, w.status AS workspace_status, w.organization_id,
        o.code AS organization_code, o.status AS organization_status, o.workspace_role_ceiling, i.email, i.email_key,
        i.role,
        {InvitationObject.StatusNow} AS status, i.expires_at, i.version, u.id AS invitee_id, u.code AS invitee_code,
        u.status AS invitee_status, om.role AS invitee_organization_role, m.role AS invitee_workspace_role
        """;

    internal const string From = """
        FROM invitations i
        JOIN workspaces w ON w.id = i.workspace_id
        JOIN organizations o ON o.id = w.organization_id
        LEFT JOIN users u ON u.email_key = i.email_key
        LEFT JOIN organization_members om ON om.organization_id = o.id AND om.user_id = u.id
        LEFT JOIN members m ON m.workspace_id = w.id AND m.user_id = u.id
        """;

    /// <summary>
    /// For a statement with <c>invitations i</c> and <c>workspaces w</c>: <c>u</c> is the user with the invited
    /// address, where the workspace's organization can see it. Of another person an invitation tells nothing (R18).
    /// </summary>
    internal const string JoinVisibleInvitee = """
        LEFT JOIN users u ON u.email_key = i.email_key AND (u.managed_by = w.organization_id OR EXISTS (
            SELECT 1 FROM organization_members om WHERE om.organization_id = w.organization_id AND om.user_id = u.id))
        """;

    public long Id { get; init; }

    public string Code { get; init; } = "";

    public long WorkspaceId { get; init; }

    public string WorkspaceCode { get; init; } = "";

    public string WorkspaceStatus { get; init; } = "";

    public long OrganizationId { get; init; }

    public string OrganizationCode { get; init; } = "";

    public string OrganizationStatus { get; init; } = "";

    public long WorkspaceRoleCeiling { get; init; }

    public string Email { get; init; } = "";

    public string EmailKey { get; init; } = "";

    public string Role { get; init; } = "";

    /// <summary>The status at the time of reading; see <see cref="InvitationObject.StatusNow"/>.</summary>
    public string Status { get; init; } = "";

    public DateTimeOffset ExpiresAt { get; init; }

    public long Version { get; init; }

    /// <summary>The user with the invited address; null for none.</summary>
    public long? InviteeId { get; init; }

    public string? InviteeCode { get; init; }

    public string? InviteeOrganizationRole { get; init; }

    public string? InviteeWorkspaceRole { get; init; }

    /// <summary>The user's status: active or deactivated; null where no user has the address.</summary>
    public string? InviteeStatus { get; init; }

    public OrganizationKey Organization => new(OrganizationId, OrganizationCode);

    public IWorkspace Workspace => new InvitingWorkspace(this);

    /// <summary>
    /// 409 <c>user_deactivated</c> where the invitee is a deactivated member of the organization (R14); otherwise null.
    /// </summary>
    public Fault? DeactivationFault =>
        InvitationLifecycle.DeactivationFault(InviteeOrganizationRole, InviteeStatus);

    /// <summary>
    /// 403 <c>role_exceeds_organization_role</c> where the role would outrank the invitee's organization role, present
    /// or given by accepting (R5); otherwise null.
    /// </summary>
    public Fault? CeilingFault => Membership.CeilingFault(
        Workspace.HasCeiling, InviteeOrganizationRole ?? InvitationLifecycle.OrganizationRoleFor(Role), Role);

    private sealed class InvitingWorkspace(InvitationRow invitation) : IWorkspace
    {
        public long Id => invitation.WorkspaceId;

        public string Code => invitation.WorkspaceCode;

        public long OrganizationId => invitation.OrganizationId;

        public string OrganizationCode => invitation.OrganizationCode;

        public bool HasCeiling => invitation.WorkspaceRoleCeiling != 0;
    }
}
