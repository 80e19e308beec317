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

namespace WorkspaceService.Features.ServiceLines;

public static partial class CreateServiceLine
{
    private static class Sql
    {
        public const string Insert = """
            INSERT INTO service_lines (id, code, workspace_id, organization_id, name, product_line, execution_model,
                                       billing_model, subscription_id, status, project_tags, config, starts_at, ends_at,
                                       version, created_at, updated_at)
            VALUES (@Id, @Code, @WorkspaceId, @OrganizationId, @Name, @ProductLine, @ExecutionModel,
                    @BillingModel, @SubscriptionId, 'draft', @ProjectTags, @Config, @StartsAt, @EndsAt,
                    1, @CreatedAt, @CreatedAt)
            """;
    }
}
