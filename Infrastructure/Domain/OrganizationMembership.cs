using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>An organization's number and code.</summary>
public readonly record struct OrganizationKey(long Id, string Code);

/// <summary>
/// The members of an organization and the plan's limit on them (R9). Every new member is added by this class, inside
/// the slice's transaction.
/// </summary>
public static class OrganizationMembership
{
    /// <summary>
    /// Adds an active user to the organization and its default workspaces. Faults: <c>already_member</c>, and
    /// <c>plan_limit_exceeded</c> for every caller but root. Appends <c>organization.member_added</c>.
    /// </summary>
    /// <param name="invitedTo">A workspace that the caller adds the user to; skipped where it is a default one.</param>
    public static async Task<Fault?> AddAsync(
        Session session, OrganizationKey organization, UserKey user, string role, long? invitedTo = null)
    {
        if (await InsertAsync(session, organization.Id, user.Id, role) is { } refused)
        {
            return refused;
        }

        await EventLog.AppendAsync(
            session,
            "organization.member_added",
            organization.Code,
            null,
            ("user", user.Code),
            Changes.Of("role", null, role));
        await DefaultWorkspaces.JoinAsync(session, user.Id, organization.Id, invitedTo);
        return null;
    }

    /// <summary>Adds the owner of a new organization; appends no event of its own.</summary>
    public static Task<Fault?> AddOwnerAsync(Session session, long organizationId, long userId) =>
        InsertAsync(session, organizationId, userId, Roles.Owner);

    /// <summary>
    /// Adds one to the active members; <c>plan_limit_exceeded</c> at the plan's limit, for every caller but root.
    /// </summary>
    public static async Task<Fault?> ClaimPlaceAsync(Session session, long organizationId)
    {
        var claim = new { OrganizationId = organizationId, Unbound = session.Caller.IsRoot ? 1 : 0 };
        return await session.ExecuteAsync(Sql.ClaimPlace, claim) == 0
            ? Faults.PlanLimitExceeded("members", await session.ScalarAsync<long?>(Sql.Limit, claim))
            : null;
    }

    /// <summary>Subtracts one from the active members.</summary>
    public static Task FreePlaceAsync(Session session, long organizationId) =>
        session.ExecuteAsync(Sql.FreePlace, new { OrganizationId = organizationId });

    /// <summary>The organization member with this user code; null for none.</summary>
    public static async Task<OrganizationMemberRow?> FindAsync(Session session, long organizationId, string userCode) =>
        Codes.Is(Codes.User, userCode)
            ? await session.FindAsync<OrganizationMemberRow>(
                Sql.Find, new { OrganizationId = organizationId, UserCode = userCode })
            : null;

    private static async Task<Fault?> InsertAsync(Session session, long organizationId, long userId, string role)
    {
        var row = new { OrganizationId = organizationId, UserId = userId, Role = role, JoinedAt = session.Now };
        return await session.ExecuteAsync(Sql.Insert, row) == 0
            ? Membership.AlreadyMember
            : await ClaimPlaceAsync(session, organizationId);
    }

    private static class Sql
    {
        // No row: the person is a member already.
        public const string Insert = """
            INSERT INTO organization_members (organization_id, user_id, role, version, joined_at)
            VALUES (@OrganizationId, @UserId, @Role, 1, @JoinedAt)
            ON CONFLICT (organization_id, user_id) DO NOTHING
            """;

        // No row: the plan's limit is reached.
        public const string ClaimPlace = """
            UPDATE organizations SET member_count = member_count + 1
            WHERE id = @OrganizationId AND (@Unbound = 1 OR limit_members IS NULL OR member_count < limit_members)
            """;

        public const string FreePlace =
            "UPDATE organizations SET member_count = member_count - 1 WHERE id = @OrganizationId";

        public const string Limit = "SELECT limit_members FROM organizations WHERE id = @OrganizationId";

        public const string Find = """
            SELECT om.user_id, u.code AS user_code, om.role, u.status, om.version
            FROM users u JOIN organization_members om ON om.user_id = u.id AND om.organization_id = @OrganizationId
            WHERE u.code = @UserCode
            """;
    }
}

/// <summary>An organization member with the user's status.</summary>
public sealed record OrganizationMemberRow
{
    public long UserId { get; init; }

    public string UserCode { get; init; } = "";

    public string Role { get; init; } = "";

    /// <summary>The user's status: active or deactivated.</summary>
    public string Status { get; init; } = "";

    public long Version { get; init; }

    public bool IsActive => Status == UserObject.Active;

    public bool IsOwner => Role == Roles.Owner;
}
