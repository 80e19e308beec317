using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace WorkspaceService.Infrastructure.Database.Maintenance;

/// <summary>
/// All of a database as one commit left it, read row by row, while services write. It waits for none of them and holds
/// none up.
/// </summary>
internal sealed class Snapshot : IAsyncDisposable
{
    private readonly bool _isOwner;

    private Snapshot(DbConnection connection, TimeProvider clock, bool isOwner) =>
        (Connection, TakenAt, _isOwner) = (connection, clock.GetUtcNow(), isOwner);

    /// <summary>A time at or after its last commit.</summary>
    public DateTimeOffset TakenAt { get; }

    internal DbConnection Connection { get; }

    private bool IsPostgres => Connection is NpgsqlConnection;

    /// <exception cref="InvalidDataException">The schema is not that of this version.</exception>
    public static async Task<Snapshot> TakeAsync(ConnectionFactory db, TimeProvider clock, CancellationToken ct)
    {
        var connection = db.DataFile is { } file ? SqliteFile.Open(file) : await db.ConnectAsync(ct);
        try
        {
            var name = db.DataFile ?? "The PostgreSQL database";
            if (connection is NpgsqlConnection)
            {
                await connection.ExecuteAsync("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            }
            else
            {
                await connection.ExecuteAsync("PRAGMA query_only = ON; BEGIN");
            }

            return await Migrator.CountMissingAsync(connection, name) is 0
                ? new Snapshot(connection, clock, isOwner: true)
                : throw new InvalidDataException(
                    $"{name} was written by an earlier version of the service; start this version once, it migrates.");
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the open transaction of <paramref name="connection"/> sees.</summary>
    public static Snapshot Within(DbConnection connection, TimeProvider clock) =>
        new(connection, clock, isOwner: false);

    /// <summary>The rows of a statement, or of its twin on PostgreSQL.</summary>
    public IAsyncEnumerable<T> ReadAsync<T>(string sql, string? onPostgres, object parameters, CancellationToken ct) =>
        Connection.QueryUnbufferedAsync<T>(IsPostgres ? onPostgres ?? sql : sql, parameters, commandTimeout: 0);

    /// <summary>What SQLite finds wrong with the file itself; nothing on PostgreSQL.</summary>
    public async IAsyncEnumerable<string> FindDamageAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        foreach (var line in Connection is SqliteConnection sqlite ? SqliteFile.FindDamage(sqlite) : [])
        {
            ct.ThrowIfCancellationRequested();
            yield return line;
        }
    }

    /// <summary>A line for each reference to a row that is not there.</summary>
    public async IAsyncEnumerable<string> FindBrokenReferencesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var tables = await Table.ListAsync(Connection);
        var coded = tables.Where(table => table.HasCode).Select(table => table.Name).ToHashSet();
        foreach (var (table, reference) in tables.SelectMany(table => table.References.Select(r => (table, r))))
        {
            var sql = table.FindBroken(reference, coded);
            await foreach (var (about, key) in ReadAsync<(string?, string)>(sql, null, new { }, ct))
            {
                yield return $"{(string.IsNullOrWhiteSpace(about) ? table.Name : about.Trim())}: "
                    + $"{table.Name}.{reference.Column} is {key}, which no row of {reference.Parent} is";
            }
        }
    }

    /// <summary>
    /// True where <paramref name="failure"/> is the database's word on damaged rows, so that others can be read still.
    /// </summary>
    public static bool GoesOnAfter(Exception failure) => failure is SqliteException;

    public ValueTask DisposeAsync() => _isOwner ? Connection.DisposeAsync() : ValueTask.CompletedTask;
}
