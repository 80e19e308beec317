using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Invitations;

public static partial class ListOwnInvitations
{
    private static class Sql
    {
        public const string ListSent = $"""
            SELECT i.id, u.name, i.email, i.status AS state, i.created_at, s.email AS sender_email,
                   s.avatar_url AS sender_avatar_image_link
            FROM invitations i
            JOIN users s ON s.id = i.invited_by
            JOIN workspaces w ON w.id = i.workspace_id
            {InvitationRow.JoinVisibleInvitee}
            WHERE i.workspace_id = @WorkspaceId AND i.status = 'pending' AND i.expires_at > @Now
            ORDER BY i.id
            """;

        public const string ListReceived = """
            SELECT i.id, w.name, i.email, i.status AS state, i.created_at, s.email AS sender_email,
                   s.avatar_url AS sender_avatar_image_link
            FROM users me
            JOIN invitations i ON i.email_key = me.email_key
            JOIN workspaces w ON w.id = i.workspace_id
            JOIN users s ON s.id = i.invited_by
            WHERE me.id = @UserId AND i.status = 'pending' AND i.expires_at > @Now
              AND (w.organization_id = @OrganizationId OR @OrganizationId IS NULL)
              AND (w.id = @WorkspaceId OR @WorkspaceId IS NULL)
            ORDER BY i.id
            """;
    }
}
