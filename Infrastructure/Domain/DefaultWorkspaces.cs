using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// Workspaces of type <c>default</c>: every active organization member of rank member or higher belongs, as
/// <c>member</c> (R12). It is made true at the moments when it may have become untrue: a workspace becomes a default
/// one or is restored, a person joins an organization, rises to member or higher in it, or is active again. Where seats
/// run out the rest are left out, in order of user id, and nobody is refused anything for it. Between these moments
/// whoever was removed stays removed. Each is a constant number of statements, whatever the size of the organization,
/// and one <c>member.joined</c> a person.
/// </summary>
public static class DefaultWorkspaces
{
    private static readonly Changes Joined = Changes.Of("role", null, Roles.Member);

    /// <summary>
    /// Takes everyone who should belong into one workspace, up to its free seats; does nothing where it is not a
    /// default one.
    /// </summary>
    public static async Task FillAsync(Session session, long workspaceId)
    {
        if (await session.FindAsync<DefaultWorkspace>(Sql.FindOpen, new { WorkspaceId = workspaceId })
            is not { } workspace)
        {
            return;
        }

        var free = (await Membership.CountSeatsAsync(session, workspaceId)).Free ?? long.MaxValue;
        var people = await session.ListAsync<string>(
            Sql.TakeEveryoneIn, new { WorkspaceId = workspaceId, Free = free, session.Now });
        if (people.Count > 0)
        {
            await session.ExecuteAsync(Sql.CountSeatsOf, new { WorkspaceId = workspaceId, Seats = people.Count });
            await EventLog.AppendManyAsync(
                session,
                "member.joined",
                workspace.OrganizationCode,
                [.. people.Select(user => ((string?)workspace.Code, "user", user))],
                Joined);
        }
    }

    /// <summary>
    /// Takes one person into every default workspace, of one organization or of all of its, that has a seat free.
    /// </summary>
    /// <param name="organizationId">Null for every organization that the person belongs to.</param>
    /// <param name="except">A workspace that the person is not taken into; null for none.</param>
    public static async Task JoinAsync(Session session, long userId, long? organizationId = null, long? except = null)
    {
        var person = new { OrganizationId = organizationId, UserId = userId, Except = except, session.Now };
        var joined = await session.ListAsync<JoinedWorkspace>(Sql.TakePersonIn, person);
        if (joined.Count > 0)
        {
            var rows = joined.Select(w => new { id = w.WorkspaceId });
            await session.ExecuteAsync(Sql.CountASeatOfEach, new { Rows = JsonRows.Serialize(rows) });
            foreach (var organization in joined.GroupBy(w => w.OrganizationCode))
            {
                await EventLog.AppendManyAsync(
                    session,
                    "member.joined",
                    organization.Key,
                    [.. organization.Select(w => ((string?)w.WorkspaceCode, "user", w.UserCode))],
                    Joined);
            }
        }
    }

    private sealed record DefaultWorkspace
    {
        public string Code { get; init; } = "";

        public string OrganizationCode { get; init; } = "";
    }

    private sealed record JoinedWorkspace
    {
        public long WorkspaceId { get; init; }

        public string WorkspaceCode { get; init; } = "";

        public string OrganizationCode { get; init; } = "";

        public string UserCode { get; init; } = "";
    }

    private static class Sql
    {
        // An archived workspace takes nobody in (R11); when it is restored it is filled.
        public const string FindOpen = """
            SELECT w.code, o.code AS organization_code
            FROM workspaces w JOIN organizations o ON o.id = w.organization_id
            WHERE w.id = @WorkspaceId AND w.type = 'default' AND w.status = 'active'
            """;

        // The codes of those who came in.
        public const string TakeEveryoneIn = """
            INSERT INTO members (workspace_id, user_id, role, version, joined_at)
            SELECT w.id, om.user_id, 'member', 1, @Now
            FROM workspaces w
            JOIN organization_members om ON om.organization_id = w.organization_id
            JOIN users u ON u.id = om.user_id
            WHERE w.id = @WorkspaceId AND om.role IN ('owner', 'admin', 'member') AND u.status = 'active'
              AND NOT EXISTS (SELECT 1 FROM members m WHERE m.workspace_id = w.id AND m.user_id = om.user_id)
            ORDER BY om.user_id
            LIMIT @Free
            RETURNING (SELECT u.code FROM users u WHERE u.id = members.user_id)
            """;

        public const string CountSeatsOf =
            "UPDATE workspaces SET member_count = member_count + @Seats WHERE id = @WorkspaceId";

        // Pending invitations hold their seats until they expire.
        public const string TakePersonIn = """
            INSERT INTO members (workspace_id, user_id, role, version, joined_at)
            SELECT w.id, om.user_id, 'member', 1, @Now
            FROM organization_members om
            JOIN users u ON u.id = om.user_id
            JOIN workspaces w ON w.organization_id = om.organization_id AND w.type = 'default' AND w.status = 'active'
            WHERE om.user_id = @UserId
              AND (CAST(@OrganizationId AS BIGINT) IS NULL OR om.organization_id = @OrganizationId)
              AND om.role IN ('owner', 'admin', 'member') AND u.status = 'active'
              AND (CAST(@Except AS BIGINT) IS NULL OR w.id <> @Except)
              AND NOT EXISTS (SELECT 1 FROM members m WHERE m.workspace_id = w.id AND m.user_id = om.user_id)
              AND (w.seat_limit IS NULL OR w.seat_limit > w.member_count + (
                  SELECT COUNT(*) FROM invitations i
                  WHERE i.workspace_id = w.id AND i.status = 'pending' AND i.expires_at > @Now))
            ORDER BY w.id
            RETURNING
                workspace_id,
                (SELECT w.code FROM workspaces w WHERE w.id = members.workspace_id) AS workspace_code,
                (SELECT o.code FROM workspaces w JOIN organizations o ON o.id = w.organization_id
                 WHERE w.id = members.workspace_id) AS organization_code,
                (SELECT u.code FROM users u WHERE u.id = members.user_id) AS user_code
            """;

        public const string CountASeatOfEach = """
            UPDATE workspaces SET member_count = member_count + 1
            WHERE id IN (SELECT CAST(value ->> 'id' AS BIGINT) FROM json_each(@Rows))
            """;
    }
}
