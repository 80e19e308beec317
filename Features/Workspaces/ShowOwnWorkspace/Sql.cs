using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Workspaces;

public static partial class ShowOwnWorkspace
{
    private static class Sql
    {
        public const string Find = "SELECT name, owner_id FROM workspaces WHERE id = @Id";

        // Active members, and pending invitations that have not expired.
        public const string ListPeople = $"""
            SELECT u.id, u.email, u.name, u.avatar_url, CAST(NULL AS BIGINT) AS invite_id,
                   CASE WHEN w.owner_id = u.id THEN CAST(1 AS BIGINT) WHEN m.role = 'admin' THEN 2 ELSE 3 END AS role_id
            FROM members m
            JOIN users u ON u.id = m.user_id
            JOIN workspaces w ON w.id = m.workspace_id
            WHERE m.workspace_id = @WorkspaceId AND u.status = 'active'
            UNION ALL
            SELECT COALESCE(u.id, -i.id), i.email, u.name, u.avatar_url, i.id AS invite_id,
                   CASE WHEN i.role = 'admin' THEN 2 ELSE 3 END AS role_id
            FROM invitations i
            JOIN workspaces w ON w.id = i.workspace_id
            {InvitationRow.JoinVisibleInvitee}
            WHERE i.workspace_id = @WorkspaceId AND i.status = 'pending' AND i.expires_at > @Now
            """;
    }
}
