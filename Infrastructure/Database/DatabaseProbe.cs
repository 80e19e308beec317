using System.Data.Common;
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

namespace WorkspaceService.Infrastructure.Database;

/// <summary>Whether the database answers now: a read of the smallest table, whose failure is an answer and no exception.</summary>
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
        catch (Exception failure) when (failure is DbException or TimeoutException or IOException or ObjectDisposedException)
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
