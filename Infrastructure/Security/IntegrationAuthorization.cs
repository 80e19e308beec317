using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>An integration as its caller stands to it.</summary>
public sealed record IntegrationAccess : IVersioned
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    public string WorkspaceCode { get; init; } = "";

    public string Type { get; init; } = "";

    public long Version { get; init; }

    /// <summary>The workspace that it belongs to, as the caller stands to that.</summary>
    public WorkspaceAccess Workspace { get; init; } = null!;
}

/// <summary>
/// Who may see and do what with an integration: those with a role in its workspace, as that role says.
/// </summary>
public static class IntegrationAuthorization
{
    /// <summary>The integration of this code, if the caller may do with it what <paramref name="need"/> says.</summary>
    public static async ValueTask<Outcome<IntegrationAccess>> FindAsync(Session session, string code, Need need)
    {
        if (!Codes.Is(Codes.Integration, code)
            || await session.FindCachedAsync<IntegrationAccess>(Sql.Find, new { Code = code }) is not { } integration)
        {
            return Faults.NotFound;
        }

        return (await WorkspaceAuthorization.FindAsync(session, integration.WorkspaceCode, need with { Inside = true }))
            .Then<IntegrationAccess>(workspace => integration with { Workspace = workspace });
    }

    private static class Sql
    {
        public const string Find = """
            SELECT i.id, i.code, w.code AS workspace_code, i.type, i.version
            FROM integrations i JOIN workspaces w ON w.id = i.workspace_id
            WHERE i.code = @Code
            """;
    }
}
