using System.Data.Common;
using WorkspaceService.Infrastructure.Database.Maintenance;
using WorkspaceService.Infrastructure.Hosting.Commands.Verification;

namespace WorkspaceService;

/// <summary>What <c>verify</c> finds.</summary>
public static class Findings
{
    /// <summary>The lines of all checks, of what the connection sees.</summary>
    public static Task<List<string>> FindAsync(this ServiceFixture service, DbConnection connection) =>
        FindAsync(connection, service.Clock);

    /// <summary>The same without a service.</summary>
    public static async Task<List<string>> FindAsync(DbConnection connection, TimeProvider clock)
    {
        var snapshot = Snapshot.Within(connection, clock);
        var findings = new List<string>();
        foreach (var check in Check.All)
        {
            await foreach (var finding in check.FindAsync(snapshot, CancellationToken.None))
            {
                findings.Add(finding);
            }
        }

        return findings;
    }

    /// <summary>The same on a connection of its own.</summary>
    public static async Task<List<string>> FindAsync(this ServiceFixture service)
    {
        await using var connection = await service.Db.ConnectAsync(CancellationToken.None);
        return await service.FindAsync(connection);
    }
}
