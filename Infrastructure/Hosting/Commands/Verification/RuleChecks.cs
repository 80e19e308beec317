namespace WorkspaceService.Infrastructure.Hosting.Commands.Verification;

/// <summary>
/// The rules R2 to R8 and what follows from R13 and R14 (design section 4), over all rows. What only a request can
/// break is no state (R3, R6), and no state that a sequence of requests leads to is a finding.
/// </summary>
internal static class RuleChecks
{
    public static readonly Check[] All =
    [
        Check.Of<Finding>("owners of organizations", Sql.FindWrongOwners, row =>
            $"{row.Code}: its owner {row.Other} is no active member of it with the role owner"),
        Check.Of<Finding>("other owners of organizations", Sql.FindFurtherOwners, row =>
            $"{row.Code}: {row.Other} has the role owner, but is not its owner"),
        Check.Of<Finding>("owners of workspaces (R2)", Sql.FindOwnersWhoAreNoAdmins, row =>
            $"{row.Code}: its owner {row.Other} is none of its active admins (R2)"),
        Check.Of<Finding>("members of workspaces (R4)", Sql.FindStrangers, row =>
            $"{row.Code}: its member {row.Other} is no member of the organization (R4)"),
        Check.Of<Finding>("roles in workspaces (R5)", Sql.FindRolesAboveCeiling, row =>
            $"{row.Code}: the role of its member {row.Other} outranks that in the organization, never lowered (R5)"),
        Check.Of<Finding>("admins of workspaces (R7)", Sql.FindWithoutAdmin, row =>
            $"{row.Code}: it has no active admin (R7)"),
        Check.Of<Seats>("seats (R8)", Sql.FindOverfull, row =>
            $"{row.Code}: {row.Taken} seats are taken, but its limit is {row.SeatLimit} (R8)"),
        Check.Of<Finding>("pending invitations (R13)", Sql.FindInvitationsOfGone, row =>
            $"{row.Code}: it is pending, but {row.Other} left the organization after it was sent (R13)"),
        Check.Of<Finding>("pending invitations (R14)", Sql.FindInvitationsOfDeactivated, row =>
            $"{row.Code}: it is pending, but {row.Other} is a deactivated member of the organization (R14)"),
        Check.Of<Finding>("pending join requests (R13)", Sql.FindRequestsOfGone, row =>
            $"{row.Code}: it is pending, but {row.Other} is no member of the organization (R13)"),
    ];

    // Where the person got the address only later, the invitation was not its own when it left.
    private const string NotReaddressed = """
        NOT EXISTS (SELECT 1 FROM events c
                WHERE c.type IN ('user.updated', 'user.deactivated') AND c.subject_id = u.code
                  AND c.occurred_at >= i.created_at AND c.changes LIKE '%"email":%')
        """;

    private sealed record Finding
    {
        public string Code { get; init; } = "";

        /// <summary>The code of the user.</summary>
        public string Other { get; init; } = "";
    }

    private sealed record Seats
    {
        public string Code { get; init; } = "";

        public long SeatLimit { get; init; }

        public long Taken { get; init; }
    }

    private static class Sql
    {
        public const string FindWrongOwners = """
            SELECT o.code, u.code AS other
            FROM organizations o JOIN users u ON u.id = o.owner_id
            WHERE u.status <> 'active' OR NOT EXISTS (
                SELECT 1 FROM organization_members om
                WHERE om.organization_id = o.id AND om.user_id = o.owner_id AND om.role = 'owner')
            """;

        public const string FindFurtherOwners = """
            SELECT o.code, u.code AS other
            FROM organization_members om
            JOIN organizations o ON o.id = om.organization_id
            JOIN users u ON u.id = om.user_id
            WHERE om.role = 'owner' AND om.user_id <> o.owner_id
            """;

        public const string FindOwnersWhoAreNoAdmins = """
            SELECT w.code, u.code AS other
            FROM workspaces w JOIN users u ON u.id = w.owner_id
            WHERE u.status <> 'active' OR NOT EXISTS (
                SELECT 1 FROM members m WHERE m.workspace_id = w.id AND m.user_id = w.owner_id AND m.role = 'admin')
            """;

        public const string FindStrangers = """
            SELECT w.code, u.code AS other
            FROM members m
            JOIN workspaces w ON w.id = m.workspace_id
            JOIN users u ON u.id = m.user_id
            WHERE NOT EXISTS (
                SELECT 1 FROM organization_members om
                WHERE om.organization_id = w.organization_id AND om.user_id = m.user_id)
            """;

        // A demotion in the organization leaves the role, and so does turning the ceiling on: the log knows of both.
        public const string FindRolesAboveCeiling = """
            SELECT w.code, u.code AS other
            FROM members m
            JOIN workspaces w ON w.id = m.workspace_id
            JOIN users u ON u.id = m.user_id
            JOIN organizations o ON o.id = w.organization_id AND o.workspace_role_ceiling = 1
            JOIN organization_members om ON om.organization_id = o.id AND om.user_id = m.user_id
            WHERE ((om.role = 'member' AND m.role = 'admin')
                OR (om.role IN ('viewer', 'billing') AND m.role IN ('admin', 'member'))
                OR (om.role = 'guest' AND m.role <> 'guest'))
              AND NOT EXISTS (
                SELECT 1 FROM events e
                WHERE e.organization_code = o.code AND e.type = 'organization.member_role_changed'
                  AND e.subject_id = u.code)
              AND NOT EXISTS (
                SELECT 1 FROM events e
                WHERE e.organization_code = o.code AND e.type = 'organization.updated'
                  AND e.changes LIKE '%workspace_role_ceiling%')
            """;

        public const string FindWithoutAdmin = """
            SELECT w.code
            FROM workspaces w
            WHERE NOT EXISTS (
                SELECT 1 FROM members m JOIN users u ON u.id = m.user_id
                WHERE m.workspace_id = w.id AND m.role = 'admin' AND u.status = 'active')
            """;

        public const string FindOverfull = """
            SELECT s.code, s.seat_limit, s.taken
            FROM (
                SELECT w.code, w.seat_limit, (
                    SELECT COUNT(*) FROM members m JOIN users u ON u.id = m.user_id
                    WHERE m.workspace_id = w.id AND u.status = 'active') + (
                    SELECT COUNT(*) FROM invitations i
                    WHERE i.workspace_id = w.id AND i.status = 'pending' AND i.expires_at > @Now) AS taken
                FROM workspaces w
                WHERE w.seat_limit IS NOT NULL) s
            WHERE s.taken > s.seat_limit
            """;

        public const string FindInvitationsOfGone = $"""
            SELECT i.code, u.code AS other
            FROM invitations i
            JOIN workspaces w ON w.id = i.workspace_id
            JOIN organizations o ON o.id = w.organization_id
            JOIN users u ON u.email_key = i.email_key
            WHERE i.status = 'pending' AND i.expires_at > @Now
              AND NOT EXISTS (
                SELECT 1 FROM organization_members om WHERE om.organization_id = o.id AND om.user_id = u.id)
              AND EXISTS (
                SELECT 1 FROM events e
                WHERE e.organization_code = o.code AND e.type = 'organization.member_removed'
                  AND e.subject_id = u.code AND e.occurred_at > i.updated_at)
              AND {NotReaddressed}
            """;

        public const string FindInvitationsOfDeactivated = $"""
            SELECT i.code, u.code AS other
            FROM invitations i
            JOIN workspaces w ON w.id = i.workspace_id
            JOIN users u ON u.email_key = i.email_key
            JOIN organization_members om ON om.organization_id = w.organization_id AND om.user_id = u.id
            WHERE i.status = 'pending' AND i.expires_at > @Now AND u.status = 'deactivated' AND {NotReaddressed}
            """;

        public const string FindRequestsOfGone = """
            SELECT j.code, u.code AS other
            FROM join_requests j
            JOIN workspaces w ON w.id = j.workspace_id
            JOIN users u ON u.id = j.user_id
            WHERE j.status = 'pending' AND NOT EXISTS (
                SELECT 1 FROM organization_members om
                WHERE om.organization_id = w.organization_id AND om.user_id = u.id)
            """;
    }
}
