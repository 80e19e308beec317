namespace WorkspaceService.Infrastructure.Domain;

/// <summary>The external systems that a workspace can be connected to.</summary>
public static class IntegrationTypes
{
    public static readonly string[] All =
    [
        "github", "gitlab", "bitbucket", "azure_devops", "jira", "clickup", "linear", "azure_boards", "slack",
        "microsoft_teams",
        "datadog", "sonarcloud",
    ];
}
