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

namespace WorkspaceService.Features.Members;

public static partial class PutMember
{
    private static class Sql
    {
        // No row: not an active member of the organization (R4).
        public const string FindCandidate = """
            SELECT u.id, u.code, om.role AS organization_role
            FROM users u JOIN organization_members om ON om.user_id = u.id AND om.organization_id = @OrganizationId
            WHERE u.id = @UserId AND u.status = 'active'
            """;
    }
}
