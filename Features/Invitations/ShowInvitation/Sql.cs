using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Invitations;

public static partial class ShowInvitation
{
    private static class Sql
    {
        // No row: no invitation has this token, or a newer one has replaced it.
        public const string Find = $"""
            SELECT o.code AS organization_code, o.name AS organization_name, w.code AS workspace_code,
                   w.name AS workspace_name,
                   i.role, {InvitationObject.StatusNow} AS status, iu.name AS inviter_name, i.expires_at, i.version
            FROM invitations i
            JOIN workspaces w ON w.id = i.workspace_id
            JOIN organizations o ON o.id = w.organization_id
            JOIN users iu ON iu.id = i.invited_by
            WHERE i.token_hash = @TokenHash
            """;
    }
}
