using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// Workspaces of type <c>default</c>: every active organization member of rank member or higher is a <c>member</c>
/// (R12). Members are added when a workspace becomes a default one or is restored, and when a user joins an
/// organization, is promoted to member or higher, or is reactivated. Users are added in the order of their ids up to
/// the seat limit; a full workspace is no error. A removed member stays removed until the next of these changes. Each
/// method takes a constant number of statements and appends one <c>member.joined</c> per user.
/// </summary>
public static class DefaultWorkspaces
{
    private static readonly Changes Joined = Changes.Of("role", null, Roles.Member);

    /// <summary>
    /// Adds every missing member to one workspace, up to its free seats. Does nothing unless its type is default and it
    /// is active.
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
            Sql.InsertEveryone, new { WorkspaceId = workspaceId, Free = free, session.Now });
        if (people.Count > 0)
        {
            await session.ExecuteAsync(Sql.AddToCount, new { WorkspaceId = workspaceId, Seats = people.Count });
            await EventLog.AppendManyAsync(
                session,
                "member.joined",
                workspace.OrganizationCode,
                [.. people.Select(user => ((string?)workspace.Code, "user", user))],
                Joined);
        }
    }

    /// <summary>
    /// Adds one user to every default workspace with a free seat, in one organization or in all of the user's.
    /// </summary>
    /// <param name="organizationId">Null for every organization of the user.</param>
    /// <param name="except">A workspace to skip; null for none.</param>
    public static async Task JoinAsync(Session session, long userId, long? organizationId = null, long? except = null)
    {
        var person = new { OrganizationId = organizationId, UserId = userId, Except = except, session.Now };
        var joined = await session.ListAsync<JoinedWorkspace>(Sql.InsertUser, person);
        if (joined.Count > 0)
        {
            var rows = joined.Select(w => new { id = w.WorkspaceId });
            await session.ExecuteAsync(Sql.IncrementCounts, new { Rows = JsonRows.Serialize(rows) });
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
        // An archived workspace gets no members (R11); it is filled when it is restored.
        public const string FindOpen = """
            SELECT w.code, o.code AS organization_code
            FROM workspaces w JOIN organizations o ON o.id = w.organization_id
            WHERE w.id = @WorkspaceId AND w.type = 'default' AND w.status = 'active'
            """;

        // Returns the codes of the added users.
        public const string InsertEveryone = """
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

        public const string AddToCount =
            "UPDATE workspaces SET member_count = member_count + @Seats WHERE id = @WorkspaceId";

        // A pending invitation takes a seat until it expires (R8).
        public const string InsertUser = """
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

        public const string IncrementCounts = """
            UPDATE workspaces SET member_count = member_count + 1
            WHERE id IN (SELECT CAST(value ->> 'id' AS BIGINT) FROM json_each(@Rows))
            """;
    }
}
