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

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>The outside systems that a workspace can be connected to.</summary>
public static class IntegrationTypes
{
    public static readonly string[] All =
    [
        "github", "gitlab", "bitbucket", "azure_devops", "jira", "clickup", "linear", "azure_boards", "slack", "microsoft_teams",
        "datadog", "sonarcloud",
    ];
}
