using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>An integration and the caller's access to its workspace.</summary>
public sealed record IntegrationAccess : IVersioned
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    public string WorkspaceCode { get; init; } = "";

    public string Type { get; init; } = "";

    public long Version { get; init; }

    /// <summary>Its workspace and the caller's role there.</summary>
    public WorkspaceAccess Workspace { get; init; } = null!;
}

/// <summary>
/// Authorization for integrations, by the caller's effective role in the workspace; without one they are not found.
/// </summary>
public static class IntegrationAuthorization
{
    /// <summary>The integration with this code, if the caller meets <paramref name="need"/>.</summary>
    public static async ValueTask<Outcome<IntegrationAccess>> FindAsync(Session session, string code, Need need)
    {
        await WriteLocks.WorkspaceOfIntegrationAsync(session, code, shared: !need.LocksAlone);
        if (!Codes.Is(Codes.Integration, code)
            || await session.FindCachedAsync<IntegrationAccess>(Sql.Find, new { Code = code }) is not { } integration)
        {
            return Faults.NotFound;
        }

        WriteLocks.Found(session, code);
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
