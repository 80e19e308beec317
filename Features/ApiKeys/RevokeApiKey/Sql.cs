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

namespace WorkspaceService.Features.ApiKeys;

public static partial class RevokeApiKey
{
    private static class Sql
    {
        // The row stays: events name the key, and what it made knows its issuer by it.
        public const string Revoke = """
            UPDATE api_keys SET revoked_at = @RevokedAt, version = version + 1 WHERE id = @Id
            """;

        public const string ForgetSecrets = "DELETE FROM api_key_secrets WHERE api_key_id = @Id";
    }
}
