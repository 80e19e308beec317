using System.Data.Common;
using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;
using Npgsql;
using WorkspaceService.Infrastructure.Database.Migrations;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Applies the missing migrations at startup, in one transaction and under a lock, so that several instances may start
/// at once and a failure leaves the database as it was. Migrations are the embedded <c>Migrations/*.sql</c> and the
/// <see cref="ICodeMigration"/>s in the order of their names, append-only; <c>*.postgres.sql</c> are for PostgreSQL
/// only.
/// </summary>
public static partial class Migrator
{
    private const long Lock = 0x776f726b7370; // "worksp"

    internal static readonly ICodeMigration[] CodeMigrations =
        [new HideIntegrationConfig(), new FoldText(), new ChainEvents()];

    public static async Task MigrateAsync(this ConnectionFactory db, TimeProvider clock, CancellationToken ct = default)
    {
        if (db.DataFile is { } file && Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder
            && file != ":memory:")
        {
            Directory.CreateDirectory(folder);
            await db.LockFileAsync(ct);
        }

        await using (var connection = await db.ConnectAsync(ct))
        {
            await (db.IsPostgres
                ? MigrateOnPostgresAsync(connection, clock)
                : MigrateOnSqliteAsync(connection, clock));
        }

        db.Start();
    }

    /// <summary>
    /// Applies all migrations to an empty PostgreSQL database, inside the open transaction of
    /// <paramref name="connection"/>; instances that start meanwhile wait for its end.
    /// </summary>
    internal static Task MigrateWithinAsync(NpgsqlConnection connection, TimeProvider clock) =>
        ApplyMissingAsync(connection, isPostgres: true, clock);

    /// <summary>Waits for the lock that migrations take, until the end of the open transaction.</summary>
    internal static Task LockAsync(NpgsqlConnection connection) =>
        connection.ExecuteAsync($"SELECT pg_advisory_xact_lock({Lock})");

    /// <summary>Requires that the database is one of this service, of this version.</summary>
    /// <param name="name">What messages call the database.</param>
    /// <returns>The number of migrations that are missing.</returns>
    /// <exception cref="InvalidDataException">It is another program's, or a newer version has written it.</exception>
    internal static async Task<int> CountMissingAsync(DbConnection connection, string name)
    {
        var isPostgres = connection is NpgsqlConnection;
        var isThere = await connection.ExecuteScalarAsync<long>(isPostgres
            ? "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('schema_migrations')"
            : "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'");
        var applied = isThere == 0 ? [] : (await connection.QueryAsync<string>(
            "SELECT name FROM schema_migrations ORDER BY name")).AsList();
        var known = Migrations(isPostgres).Select(migration => migration.Name).ToList();
        return !applied.Intersect(known).Any()
                ? throw new InvalidDataException($"{name} is no database of this service.")
            : applied.Except(known).LastOrDefault() is { } newer
                ? throw new InvalidDataException(
                    $"{name} was written by a newer version of the service (it has {newer}); use that version.")
            : known.Except(applied).Count();
    }

    private static async Task MigrateOnSqliteAsync(DbConnection connection, TimeProvider clock)
    {
        // What a migration removes is overwritten in the file.
        await connection.ExecuteAsync("PRAGMA secure_delete = ON; BEGIN IMMEDIATE");
        await ApplyMissingAsync(connection, isPostgres: false, clock);
        await connection.ExecuteAsync("COMMIT");
    }

    // The lock ends with the transaction: behind a pooler the next statement may be another session's.
    private static async Task MigrateOnPostgresAsync(DbConnection connection, TimeProvider clock)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync($"SELECT pg_advisory_xact_lock({Lock})");
        await ApplyMissingAsync(connection, isPostgres: true, clock);
        await transaction.CommitAsync();
    }

    private static async Task ApplyMissingAsync(DbConnection connection, bool isPostgres, TimeProvider clock)
    {
        await connection.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)");
        var applied = (await connection.QueryAsync<string>("SELECT name FROM schema_migrations")).ToHashSet();
        foreach (var (name, apply) in Migrations(isPostgres).Where(migration => !applied.Contains(migration.Name)))
        {
            await apply(connection);
            await connection.ExecuteAsync(
                "INSERT INTO schema_migrations (name, applied_at) VALUES (@name, @now)",
                new { name, now = clock.GetUtcNow() });
        }
    }

    private static IEnumerable<(string Name, Func<DbConnection, Task> Apply)> Migrations(bool isPostgres)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var inSql = assembly.GetManifestResourceNames()
            .Where(resource => resource.EndsWith(".sql", StringComparison.Ordinal)
                && (isPostgres || !resource.EndsWith(".postgres.sql", StringComparison.Ordinal)))
            .Select(resource => (NameOf(resource), ReadSql(assembly, resource, isPostgres)));
        var inCode = CodeMigrations
            .Select(migration => (migration.Name, (Func<DbConnection, Task>)migration.ApplyAsync));
        return inSql.Concat(inCode).OrderBy(migration => migration.Item1, StringComparer.Ordinal);
    }

    private static string NameOf(string resource) =>
        resource[(resource.IndexOf(".Migrations.", StringComparison.Ordinal) + ".Migrations.".Length)..];

    private static Func<DbConnection, Task> ReadSql(Assembly assembly, string resource, bool isPostgres) =>
        async connection =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            await connection.ExecuteAsync(Adapt(await reader.ReadToEndAsync(), isPostgres));
        };

    // One file for both databases. SQLite: an INTEGER PRIMARY KEY is the rowid, which saves a second index lookup.
    // PostgreSQL: COLLATE "C" sorts text by code point, as SQLite does, in every locale.
    private static string Adapt(string sql, bool isPostgres) => isPostgres
        ? TextType().Replace(sql, "TEXT COLLATE \"C\"")
        : sql.Replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY", StringComparison.Ordinal);

    [GeneratedRegex(@"(?<=^[^-'\n]*\s)TEXT\b", RegexOptions.Multiline)]
    private static partial Regex TextType();
}
