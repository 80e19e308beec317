using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// The members of a workspace: roles (R5), seats (R8) and the last admin (R7). Every change of membership goes through
/// this class, inside the slice's transaction: it writes the row, the workspace's counts and the event, and the
/// statement that changes a count also checks its limit. Only active members are counted; a deactivated one keeps its
/// row (R14).
/// </summary>
public static class Membership
{
    public static readonly Fault AlreadyMember = Fault.Conflict("already_member", "The person is a member already.");

    /// <summary>
    /// <see cref="IPerson.PendingInvitation"/>, for a statement with <c>users u</c>, <c>@WorkspaceId</c> and
    /// <c>@Now</c>.
    /// </summary>
    internal const string PendingInvitation = """
        (SELECT i.code FROM invitations i WHERE i.workspace_id = @WorkspaceId AND i.email_key = u.email_key
           AND i.status = 'pending' AND i.expires_at > @Now) AS pending_invitation
        """;

    /// <summary>
    /// 403 <c>role_exceeds_organization_role</c> where the ceiling is on and <paramref name="role"/> outranks the
    /// member's organization role (R5); otherwise null.
    /// </summary>
    public static Fault? CeilingFault(bool hasCeiling, string? organizationRole, string role) =>
        hasCeiling && Roles.Rank(role) > Roles.Rank(organizationRole) ? Faults.RoleExceedsOrganizationRole : null;

    /// <summary>
    /// Adds an active organization member (R4) and takes a seat; <c>role_exceeds_organization_role</c>, and the
    /// transaction ends with <c>already_member</c> or <c>seat_limit_reached</c> where that is so. A pending invitation
    /// of the person becomes accepted, and its seat is reused.
    /// </summary>
    /// <param name="added"><c>member.added</c>, or <c>member.joined</c> where the caller is the person.</param>
    public static async Task<Fault?> AddAsync(
        Session session, IWorkspace workspace, IPerson person, string role, string added = "member.added")
    {
        if (CeilingFault(workspace.HasCeiling, person.OrganizationRole, role) is { } exceeds)
        {
            return exceeds;
        }

        await InsertAsync(session, workspace.Id, person.Id, role);
        if (person.PendingInvitation is { } invitation)
        {
            await session.ExecuteLaterAsync(Sql.UseInvitation, new { Code = invitation, session.Now });
            await EventLog.AppendAsync(
                session,
                "invitation.accepted",
                workspace,
                ("invitation", invitation),
                Changes.Of("status", InvitationLifecycle.Pending, InvitationLifecycle.Accepted));
        }

        await ClaimSeatAsync(session, workspace.Id, role);
        await EventLog.AppendAsync(session, added, workspace, ("user", person.Code), Changes.Of("role", null, role));
        return null;
    }

    /// <summary>Adds the creating user as admin of a new workspace (R2); appends no event of its own.</summary>
    public static async Task AddCreatorAsync(Session session, long workspaceId, long userId)
    {
        await InsertAsync(session, workspaceId, userId, Roles.Admin);
        await ClaimSeatAsync(session, workspaceId, Roles.Admin);
    }

    /// <summary>
    /// Changes a member's role; the same role changes nothing. Faults: <c>role_exceeds_organization_role</c>, and
    /// <c>last_admin</c> for demoting the last active admin.
    /// </summary>
    public static async Task<Fault?> ChangeRoleAsync(
        Session session, IWorkspace workspace, MemberRow member, string role)
    {
        if (role == member.Role)
        {
            return null;
        }

        if (CeilingFault(workspace.HasCeiling, member.OrganizationRole, role) is { } exceeds)
        {
            return exceeds;
        }

        var row = new { WorkspaceId = workspace.Id, member.UserId, Role = role };
        var admins = member.IsActive ? (role == Roles.Admin ? 1 : 0) - (member.IsAdmin ? 1 : 0) : 0;
        if (admins != 0 && await session.ExecuteAsync(Sql.CountAdmins, new { row.WorkspaceId, Admins = admins }) == 0)
        {
            return Faults.LastAdmin;
        }

        await session.ExecuteAsync(Sql.ChangeRole, row);
        if (role != Roles.Admin)
        {
            await TransferOwnershipAsync(session, workspace.Id, organizationId: null, member.UserId);
        }

        await EventLog.AppendAsync(
            session,
            "member.role_changed",
            workspace,
            ("user", member.UserCode),
            Changes.Of("role", member.Role, role));
        return null;
    }

    /// <summary>Removes a member and frees the seat; <c>last_admin</c> for the last active admin.</summary>
    /// <param name="removed"><c>member.removed</c>, or <c>member.left</c> where the caller is the person.</param>
    public static async Task<Fault?> RemoveAsync(
        Session session, IWorkspace workspace, MemberRow member, string removed = "member.removed")
    {
        var row = new { WorkspaceId = workspace.Id, member.UserId, Admins = member.IsAdmin ? 1 : 0 };
        if (member.IsActive && await session.ExecuteAsync(Sql.FreeSeat, row) == 0)
        {
            return Faults.LastAdmin;
        }

        await session.ExecuteAsync(Sql.Delete, row);
        await TransferOwnershipAsync(session, workspace.Id, organizationId: null, member.UserId);
        await EventLog.AppendAsync(
            session, removed, workspace, ("user", member.UserCode), Changes.Of("role", member.Role, null));
        return null;
    }

    /// <summary>The explicit member with this user code; null for none.</summary>
    public static async Task<MemberRow?> FindAsync(Session session, long workspaceId, string userCode) =>
        Codes.Is(Codes.User, userCode)
            ? await session.FindAsync<MemberRow>(Sql.Find, new { WorkspaceId = workspaceId, UserCode = userCode })
            : null;

    /// <summary>True where the user is the last active admin of a workspace of the organization.</summary>
    public static async Task<bool> IsLastAdminAsync(Session session, long organizationId, long userId) =>
        await session.ScalarAsync<long>(
            Sql.CountLastAdminships, new { OrganizationId = (long?)organizationId, UserId = userId }) > 0;

    /// <summary>
    /// Removes a user who leaves the organization from all of its workspaces, revokes its pending invitations and
    /// withdraws its pending join requests there; or does nothing of it, with <c>last_admin</c> (R13). Appends one
    /// <c>member.removed</c> per workspace, and the events of the invitations and requests.
    /// </summary>
    public static async Task<Fault?> LeaveAllAsync(
        Session session, OrganizationKey organization, long userId, string userCode)
    {
        var theirs = new { OrganizationId = (long?)organization.Id, UserId = userId };
        if (await session.ScalarAsync<long>(Sql.CountLastAdminships, theirs) > 0)
        {
            return Faults.LastAdmin;
        }

        await session.ExecuteAsync(Sql.FreeSeatsInOrganization, theirs);
        var left = await session.ListAsync<LeftWorkspace>(Sql.DeleteInOrganization, theirs);
        await TransferOwnershipAsync(session, workspaceId: null, organization.Id, userId);
        foreach (var workspace in left)
        {
            await EventLog.AppendAsync(
                session,
                "member.removed",
                organization.Code,
                workspace.Code,
                ("user", userCode),
                Changes.Of("role", workspace.Role, null));
        }

        await InvitationLifecycle.RevokeAllAsync(session, userId, organization.Id);
        await JoinRequestLifecycle.WithdrawAllAsync(session, userId, organization.Id);
        return null;
    }

    /// <summary>
    /// Subtracts a user who is being deactivated from all counts, passes on the ownership of its workspaces, and
    /// revokes its pending invitations (R14); <c>last_admin</c> where R7 forbids it.
    /// </summary>
    public static async Task<Fault?> SuspendAllAsync(Session session, long userId)
    {
        var theirs = new { OrganizationId = (long?)null, UserId = userId };
        if (await session.ScalarAsync<long>(Sql.CountLastAdminships, theirs) > 0)
        {
            return Faults.LastAdmin;
        }

        await session.ExecuteAsync(Sql.FreeSeatsInOrganization, theirs);
        await session.ExecuteAsync(Sql.TransferEveryOwnership, theirs);
        await InvitationLifecycle.RevokeAllAsync(session, userId);
        return null;
    }

    /// <summary>
    /// Adds a reactivated user to all counts, one seat per workspace; <c>seat_limit_reached</c> where one is full.
    /// </summary>
    public static async Task<Fault?> ResumeAllAsync(Session session, long userId)
    {
        var theirs = new { UserId = userId, session.Now };
        if (await session.FindAsync<FullWorkspace>(Sql.FindFull, theirs) is { } full)
        {
            return await SeatLimitReachedAsync(session, full.Id);
        }

        await session.ExecuteAsync(Sql.ClaimSeatsEverywhere, theirs);
        return null;
    }

    /// <summary>The seats of a workspace at <see cref="Session.Now"/>.</summary>
    public static async Task<SeatCount> CountSeatsAsync(Session session, long workspaceId) =>
        await session.GetAsync<SeatCount>(Sql.CountSeats, new { WorkspaceId = workspaceId, session.Now });

    /// <summary>403 <c>seat_limit_reached</c> with limit, taken and pending seats.</summary>
    public static Fault SeatLimitReached(SeatCount seats) =>
        Fault.Forbidden(Faults.SeatLimitReached, $"All {seats.SeatLimit} seats of the workspace are taken.") with
        {
            Details = new Dictionary<string, object?>
            {
                ["seat_limit"] = seats.SeatLimit,
                ["taken"] = seats.Taken,
                ["pending"] = seats.Pending,
            },
        };

    private static async Task InsertAsync(Session session, long workspaceId, long userId, string role)
    {
        WriteLocks.Seats(session, workspaceId);
        var row = new { WorkspaceId = workspaceId, UserId = userId, Role = role, session.Now };
        await session.RequireAsync(Sql.Insert, row, async reader =>
            await reader.ScalarAsync<long>(Sql.CountActive, new { UserId = userId }) > 0 ? AlreadyMember
            : session.Caller.UserId == userId ? Faults.Unauthenticated
            : UserRecords.UserDeactivated);
    }

    private static Task ClaimSeatAsync(Session session, long workspaceId, string role) =>
        session.RequireAsync(
            Sql.ClaimSeat,
            new { WorkspaceId = workspaceId, Admins = role == Roles.Admin ? 1 : 0, session.Now },
            reader => SeatLimitReachedAsync(reader, workspaceId));

    private static async Task<Fault> SeatLimitReachedAsync(Session session, long workspaceId) =>
        SeatLimitReached(await CountSeatsAsync(session, workspaceId));

    // A workspace's owner (R2) is one of its admins. Where it stops being one, the admin who joined first becomes the
    // owner; R7 guarantees that there is one.
    private static Task<int> TransferOwnershipAsync(
        Session session, long? workspaceId, long? organizationId, long userId) =>
        session.ExecuteAsync(
            Sql.TransferOwnership, new { WorkspaceId = workspaceId, OrganizationId = organizationId, UserId = userId });

    private sealed record LeftWorkspace
    {
        public string Code { get; init; } = "";

        public string Role { get; init; } = "";
    }

    private sealed record FullWorkspace
    {
        public long Id { get; init; }
    }

    private static class Sql
    {
        // No row: the person is a member already, or was deactivated since the caller was authenticated (R4).
        public const string Insert = """
            INSERT INTO members (workspace_id, user_id, role, version, joined_at)
            SELECT @WorkspaceId, u.id, @Role, 1, @Now FROM users u WHERE u.id = @UserId AND u.status = 'active'
            ON CONFLICT (workspace_id, user_id) DO NOTHING
            """;

        public const string CountActive = "SELECT COUNT(*) FROM users WHERE id = @UserId AND status = 'active'";

        public const string UseInvitation = """
            UPDATE invitations SET status = 'accepted', version = version + 1, updated_at = @Now
            WHERE code = @Code AND status = 'pending'
            """;

        // No row: the limit is reached. A pending invitation takes a seat until it expires.
        public const string ClaimSeat = """
            UPDATE workspaces SET member_count = member_count + 1, admin_count = admin_count + @Admins
            WHERE id = @WorkspaceId
              AND (seat_limit IS NULL OR seat_limit > member_count + (
                  SELECT COUNT(*) FROM invitations i
                  WHERE i.workspace_id = @WorkspaceId AND i.status = 'pending' AND i.expires_at > @Now))
            """;

        // No row: the member is the last active admin.
        public const string CountAdmins = """
            UPDATE workspaces SET admin_count = admin_count + @Admins
            WHERE id = @WorkspaceId AND admin_count + @Admins > 0
            """;

        public const string ChangeRole = """
            UPDATE members SET role = @Role, version = version + 1 WHERE workspace_id = @WorkspaceId
              AND user_id = @UserId
            """;

        // No row: the member is the last active admin.
        public const string FreeSeat = """
            UPDATE workspaces SET member_count = member_count - 1, admin_count = admin_count - @Admins
            WHERE id = @WorkspaceId AND (@Admins = 0 OR admin_count > 1)
            """;

        public const string Delete = "DELETE FROM members WHERE workspace_id = @WorkspaceId AND user_id = @UserId";

        public const string Find = """
            SELECT m.user_id, u.code AS user_code, m.role, u.status, m.version, om.role AS organization_role
            FROM users u
            JOIN members m ON m.user_id = u.id AND m.workspace_id = @WorkspaceId
            JOIN workspaces w ON w.id = m.workspace_id
            LEFT JOIN organization_members om ON om.organization_id = w.organization_id AND om.user_id = u.id
            WHERE u.code = @UserCode
            """;

        // The number of workspaces, of one organization or of all, whose last active admin the user is.
        public const string CountLastAdminships = """
            SELECT COUNT(*)
            FROM members m JOIN workspaces w ON w.id = m.workspace_id JOIN users u ON u.id = m.user_id
            WHERE m.user_id = @UserId AND u.status = 'active' AND m.role = 'admin' AND w.admin_count = 1
              AND (CAST(@OrganizationId AS BIGINT) IS NULL OR w.organization_id = @OrganizationId)
            """;

        public const string FreeSeatsInOrganization = """
            UPDATE workspaces
            SET member_count = member_count - 1,
                admin_count = admin_count - (
                    SELECT COUNT(*) FROM members m
                    WHERE m.workspace_id = workspaces.id AND m.user_id = @UserId AND m.role = 'admin')
            WHERE id IN (SELECT m.workspace_id FROM members m WHERE m.user_id = @UserId)
              AND (CAST(@OrganizationId AS BIGINT) IS NULL OR organization_id = @OrganizationId)
              AND EXISTS (SELECT 1 FROM users u WHERE u.id = @UserId AND u.status = 'active')
            """;

        public const string DeleteInOrganization = """
            DELETE FROM members
            WHERE user_id = @UserId
              AND workspace_id IN (SELECT w.id FROM workspaces w WHERE w.organization_id = @OrganizationId)
            RETURNING (SELECT w.code FROM workspaces w WHERE w.id = workspace_id) AS code, role
            """;

        public const string TransferOwnership = $"""
            {TransferEveryOwnership} AND (id = @WorkspaceId OR organization_id = @OrganizationId)
            """;

        public const string TransferEveryOwnership = """
            UPDATE workspaces
            SET owner_id = (
                SELECT m.user_id
                FROM members m JOIN users u ON u.id = m.user_id
                WHERE m.workspace_id = workspaces.id AND m.role = 'admin' AND u.status = 'active'
                  AND m.user_id <> @UserId
                ORDER BY m.joined_at, m.user_id
                LIMIT 1)
            WHERE owner_id = @UserId
            """;

        public const string FindFull = """
            SELECT w.id
            FROM members m JOIN workspaces w ON w.id = m.workspace_id
            WHERE m.user_id = @UserId AND w.seat_limit <= w.member_count + (
                SELECT COUNT(*) FROM invitations i
                WHERE i.workspace_id = w.id AND i.status = 'pending' AND i.expires_at > @Now)
            ORDER BY w.id
            LIMIT 1
            """;

        public const string ClaimSeatsEverywhere = """
            UPDATE workspaces
            SET member_count = member_count + 1,
                admin_count = admin_count + (
                    SELECT COUNT(*) FROM members m
                    WHERE m.workspace_id = workspaces.id AND m.user_id = @UserId AND m.role = 'admin')
            WHERE id IN (SELECT m.workspace_id FROM members m WHERE m.user_id = @UserId)
            """;

        public const string CountSeats = """
            SELECT w.seat_limit, w.member_count, (
                SELECT COUNT(*) FROM invitations i
                WHERE i.workspace_id = w.id AND i.status = 'pending' AND i.expires_at > @Now) AS pending
            FROM workspaces w
            WHERE w.id = @WorkspaceId
            """;
    }
}

/// <summary>An explicit member with the user's status and organization role.</summary>
public sealed record MemberRow : IVersioned
{
    public long UserId { get; init; }

    public string UserCode { get; init; } = "";

    public string Role { get; init; } = "";

    /// <summary>The user's status: active or deactivated.</summary>
    public string Status { get; init; } = "";

    public long Version { get; init; }

    public string? OrganizationRole { get; init; }

    public bool IsActive => Status == UserObject.Active;

    public bool IsAdmin => Role == Roles.Admin;
}

/// <summary>The seats of a workspace (R8).</summary>
public sealed record SeatCount
{
    /// <summary>Null is unlimited.</summary>
    public long? SeatLimit { get; init; }

    public long MemberCount { get; init; }

    /// <summary>Pending, unexpired invitations.</summary>
    public long Pending { get; init; }

    public long Taken => MemberCount + Pending;

    public long? Free => SeatLimit is { } limit ? Math.Max(0, limit - Taken) : null;
}
