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

namespace WorkspaceService.Features.JoinRequests;

public static partial class RequestToJoin
{
    private static class Sql
    {
        // No row: a request of this person is pending already.
        public const string Insert = """
            INSERT INTO join_requests (id, code, workspace_id, user_id, status, version, created_at, updated_at)
            VALUES (@Id, @Code, @WorkspaceId, @UserId, 'pending', 1, @CreatedAt, @CreatedAt)
            ON CONFLICT (workspace_id, user_id) WHERE status = 'pending' DO NOTHING
            """;
    }
}
