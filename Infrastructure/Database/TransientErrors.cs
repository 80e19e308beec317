using Microsoft.Data.Sqlite;
using Npgsql;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Distinguishes outages from bugs: a locked file, a full or failing disk, a server that is unreachable, overloaded or
/// shutting down. The response is 503 with Retry-After.
/// </summary>
public static class TransientErrors
{
    public static bool Includes(Exception exception) => exception switch
    {
        // https://www.sqlite.org/rescode.html: BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6 or 8 or 10 or 13 or 14,

        // Class 53 insufficient resources, 57 operator intervention, 58 system error, 40 transaction rollback after the
        // last retry; 25006 read-only server.
        PostgresException postgres =>
            postgres.SqlState[..2] is "53" or "57" or "58" or "40" || postgres.SqlState == "25006",
        NpgsqlException or TimeoutException => true,
        _ => false,
    };
}
