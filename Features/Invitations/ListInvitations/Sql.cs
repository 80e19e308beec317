using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Invitations;

public static partial class ListInvitations
{
    private static class Sql
    {
        public const string List = $"""
            SELECT {InvitationObject.Columns}
            FROM invitations i JOIN workspaces w ON w.id = i.workspace_id JOIN users iu ON iu.id = i.invited_by
            WHERE i.workspace_id = @WorkspaceId AND i.id > @After
              AND (CAST(@Id AS TEXT) IS NULL OR i.code = @Id)
              AND ({InvitationObject.StatusNow} = @Status OR @Status IS NULL)
              AND ((@SeesEmails = 1 AND i.search LIKE @Q ESCAPE '\') OR @Q IS NULL)
            ORDER BY i.id
            LIMIT @Take
            """;
    }
}
