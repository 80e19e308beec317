namespace WorkspaceService.Features.Invitations;

public static partial class InviteMembers
{
    private static class Sql
    {
        public const string FindInviter = "SELECT id, code FROM users WHERE id = @Id";

        // Always one row, also where no user has the address.
        public const string FindRecipient = """
            SELECT om.role AS organization_role, m.role AS workspace_role, u.status AS user_status,
                   i.expires_at AS pending_until
            FROM workspaces w
            LEFT JOIN users u ON u.email_key = @EmailKey
            LEFT JOIN organization_members om ON om.organization_id = w.organization_id AND om.user_id = u.id
            LEFT JOIN members m ON m.workspace_id = w.id AND m.user_id = u.id
            LEFT JOIN invitations i ON i.workspace_id = w.id AND i.email_key = @EmailKey AND i.status = 'pending'
            WHERE w.id = @WorkspaceId
            """;

        public const string Insert = """
            INSERT INTO invitations (id, code, workspace_id, email, email_key, search, role, status, token_hash,
                                     invited_by, expires_at, version, created_at, updated_at)
            VALUES (@Id, @Code, @WorkspaceId, @Email, @EmailKey, @Search, @Role, 'pending', @TokenHash, @InvitedBy,
                    @ExpiresAt, 1, @CreatedAt, @CreatedAt)
            """;
    }
}
