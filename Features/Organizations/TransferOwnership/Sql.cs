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

namespace WorkspaceService.Features.Organizations;

public static partial class TransferOwnership
{
    private static class Sql
    {
        public const string StepDown = """
            UPDATE organization_members SET role = 'admin', version = version + 1
            WHERE organization_id = @Id AND user_id = @OldOwnerId
            """;

        public const string StepUp = """
            UPDATE organization_members SET role = 'owner', version = version + 1
            WHERE organization_id = @Id AND user_id = @NewOwnerId
            """;

        public const string NameOwner = """
            UPDATE organizations SET owner_id = @NewOwnerId, version = version + 1, updated_at = @UpdatedAt
            WHERE id = @Id
            """;
    }
}
