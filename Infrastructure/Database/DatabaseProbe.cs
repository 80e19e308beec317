using System.Data.Common;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Whether the database answers now: a read of the smallest table, whose failure is an answer and no exception.
/// </summary>
public sealed class DatabaseProbe(ConnectionFactory db, ILogger<DatabaseProbe> log)
{
    // Whoever probes has better things to do than to wait for a server that does not answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            await ReadAsync(ct).WaitAsync(Patience, ct);
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
    }

    private static class Sql
    {
        public const string CountMigrations = "SELECT COUNT(*) FROM schema_migrations";
    }
}
