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

public static partial class RotateApiKey
{
    private static class Sql
    {
        public const string ForgetDead = "DELETE FROM api_key_secrets WHERE api_key_id = @Id AND expires_at <= @Now";

        // A text of an earlier rotation whose overlap is over sooner keeps its end.
        public const string LimitOld = """
            UPDATE api_key_secrets SET expires_at = @Until
            WHERE api_key_id = @Id AND (expires_at IS NULL OR expires_at > @Until)
            """;

        public const string InsertSecret = "INSERT INTO api_key_secrets (hash, api_key_id) VALUES (@Hash, @Id)";

        public const string SetHint = "UPDATE api_keys SET hint = @Hint, version = version + 1 WHERE id = @Id";
    }
}
