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

public static partial class ResendInvitation
{
    private static class Sql
    {
        // No row: the address has another pending invitation to the workspace.
        public const string Renew = """
            UPDATE invitations
            SET status = 'pending', token_hash = @TokenHash, expires_at = @ExpiresAt, version = version + 1,
                updated_at = @Now
            WHERE id = @Id AND NOT EXISTS (
                SELECT 1 FROM invitations other
                WHERE other.workspace_id = invitations.workspace_id AND other.email_key = invitations.email_key
                  AND other.status = 'pending' AND other.id <> @Id)
            """;
    }
}
