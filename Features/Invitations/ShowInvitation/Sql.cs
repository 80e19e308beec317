using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Invitations;

public static partial class ShowInvitation
{
    private static class Sql
    {
        // No row: no invitation has this token, or a newer one has replaced it.
        public const string Find = $"""
            SELECT o.code AS organization_code, o.name AS organization_name, w.code AS workspace_code,
                   w.name AS workspace_name, i.role, {InvitationObject.StatusNow} AS status, iu.name AS inviter_name,
                   i.expires_at, i.version
            FROM invitations i
            JOIN workspaces w ON w.id = i.workspace_id
            JOIN organizations o ON o.id = w.organization_id
            JOIN users iu ON iu.id = i.invited_by
            WHERE i.token_hash = @TokenHash
            """;
    }
}
