using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>A service line and the caller's access to its workspace.</summary>
public sealed record ServiceLineAccess : IVersioned
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    public string WorkspaceCode { get; init; } = "";

    /// <summary>draft, active, paused, closed or terminated.</summary>
    public string Status { get; init; } = "";

    public long Version { get; init; }

    /// <summary>The latest score; null before the first.</summary>
    public long? HealthScore { get; init; }

    /// <summary>The workspace's currency.</summary>
    public string Currency { get; init; } = "";

    /// <summary>Its workspace and the caller's role there.</summary>
    public WorkspaceAccess Workspace { get; init; } = null!;

    public bool IsActive => Status == ServiceLineLifecycle.Active;

    /// <summary>Closed and terminated are final.</summary>
    public bool IsFinal => Status is ServiceLineLifecycle.Closed or ServiceLineLifecycle.Terminated;
}

/// <summary>
/// Authorization for service lines, by the caller's effective role in the workspace; without one they are not found.
/// </summary>
public static class ServiceLineAuthorization
{
    /// <summary>The service line with this code, if the caller meets <paramref name="need"/>.</summary>
    public static async ValueTask<Outcome<ServiceLineAccess>> FindAsync(Session session, string code, Need need)
    {
        await WriteLocks.WorkspaceOfServiceLineAsync(session, code, shared: !need.LocksAlone);
        if (!Codes.Is(Codes.ServiceLine, code)
            || await session.FindCachedAsync<ServiceLineAccess>(Sql.Find, new { Code = code }) is not { } line)
        {
            return Faults.NotFound;
        }

        WriteLocks.Found(session, code);
        return (await WorkspaceAuthorization.FindAsync(session, line.WorkspaceCode, need with { Inside = true }))
            .Then<ServiceLineAccess>(workspace => line with { Workspace = workspace });
    }

    private static class Sql
    {
        public const string Find = """
            SELECT l.id, l.code, w.code AS workspace_code, l.status, l.version, l.health_score, w.currency
            FROM service_lines l JOIN workspaces w ON w.id = l.workspace_id
            WHERE l.code = @Code
            """;
    }
}
