using Microsoft.Data.Sqlite;
using Npgsql;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Distinguishes outages from bugs: a locked file, a full or failing disk, a server that is unreachable, overloaded,
/// shutting down or no longer the primary. The response is 503 with Retry-After.
/// </summary>
public static class TransientErrors
{
    public static bool Includes(Exception exception) => exception switch
    {
        // https://www.sqlite.org/rescode.html: BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6 or 8 or 10 or 13 or 14,

        // Class 08 connection (a pooler that has no server, too), 53 insufficient resources, 57 operator intervention,
        // 58 system error, 40 transaction rollback after the last retry; 25006 read-only server.
        PostgresException postgres =>
            postgres.SqlState[..2] is "08" or "53" or "57" or "58" or "40"
            || postgres.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction,
        NpgsqlException or TimeoutException => true,
        _ => false,
    };

    /// <summary>
    /// True where the connection to PostgreSQL was refused or broke, or turned out not to be the primary's, so that the
    /// same work may succeed on another one. Not for work whose COMMIT was sent: it may have been kept. A statement
    /// that was not answered in time is not run again.
    /// </summary>
    public static bool MayRunAgain(Exception exception) => exception switch
    {
        PostgresException postgres =>
            postgres.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.TooManyConnections
                or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
                or PostgresErrorCodes.CannotConnectNow
            || postgres.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException => true,
        _ => false,
    };
}
