using Microsoft.Data.Sqlite;
using Npgsql;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Tells an outage from a bug: a locked file, a full or failing disk, a server that is away, overloaded or shutting
/// down. The same request may succeed later, so it becomes 503 with Retry-After.
/// </summary>
public static class TransientErrors
{
    public static bool Includes(Exception exception) => exception switch
    {
        // https://www.sqlite.org/rescode.html: BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6 or 8 or 10 or 13 or 14,

        // Class 53 insufficient resources, 57 operator intervention, 58 system error; transaction rollbacks that were
        // retried until patience ran out; read-only servers (25006).
        PostgresException postgres =>
            postgres.SqlState[..2] is "53" or "57" or "58" or "40" || postgres.SqlState == "25006",
        NpgsqlException or TimeoutException => true,
        _ => false,
    };
}
