namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// What gives an effective role: explicit membership of the workspace, or the organization role (R3).
/// </summary>
public static class RoleSource
{
    public const string Workspace = "workspace";
    public const string Organization = "organization";

    public static readonly string[] All = [Workspace, Organization];
}
