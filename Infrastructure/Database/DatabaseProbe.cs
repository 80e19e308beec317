using System.Data.Common;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Checks within 2 seconds whether the database answers a query; failures return false and are logged.
/// </summary>
public sealed class DatabaseProbe(ConnectionFactory db, ILogger<DatabaseProbe> log)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public async Task<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            await ReadAsync(ct).WaitAsync(Timeout, ct);
            return true;
        }
        catch (Exception failure)
            when (failure is DbException or TimeoutException or IOException or ObjectDisposedException)
        {
            log.LogWarning("The database does not answer: {Reason}", failure.Message);
            return false;
        }
    }

    private async Task ReadAsync(CancellationToken ct)
    {
        await using var session = db.Open(ct: ct);
        await session.ScalarAsync<long>(Sql.CountMigrations);
        db.RequireFileInPlace();
    }

    private static class Sql
    {
        public const string CountMigrations = "SELECT COUNT(*) FROM schema_migrations";
    }
}
