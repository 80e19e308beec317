using System.Data;
using System.Text.Unicode;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using SQLitePCL;

namespace WorkspaceService.Infrastructure.Database.Maintenance;

/// <summary>
/// Takes the rows of a SQLite database into an empty PostgreSQL database, in one transaction: until
/// <see cref="CommitAsync"/> there is nothing. Tables and references are those of the schemas, so a migration that
/// adds some changes nothing here.
/// </summary>
internal sealed class PostgresImport : IAsyncDisposable
{
    private const string Migrations = "schema_migrations"; // each database's own
    private const string Numbers = "numbers"; // sequences on PostgreSQL

    private readonly NpgsqlConnection _target;
    private readonly NpgsqlTransaction _transaction;
    private readonly SqliteConnection _source;

    private PostgresImport(NpgsqlConnection target, NpgsqlTransaction transaction, Snapshot source) =>
        (_target, _transaction, _source) = (target, transaction, (SqliteConnection)source.Connection);

    /// <summary>The database with the new rows.</summary>
    public Snapshot Target(TimeProvider clock) => Snapshot.Within(_target, clock);

    /// <summary>Makes the schema in the empty database.</summary>
    /// <exception cref="InvalidDataException">The database holds something.</exception>
    public static async Task<PostgresImport> BeginAsync(
        ConnectionFactory db, Snapshot source, TimeProvider clock, CancellationToken ct)
    {
        var target = (NpgsqlConnection)await db.ConnectAsync(ct);
        try
        {
            var transaction = await target.BeginTransactionAsync(ct);
            await Migrator.LockAsync(target);
            if (await target.ExecuteScalarAsync<string?>(FindAnything) is { } there)
            {
                throw new InvalidDataException($"The PostgreSQL database is not empty: it has {there}.");
            }

            await Migrator.MigrateWithinAsync(target, clock);
            return new PostgresImport(target, transaction, source);
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    /// <summary>The tables to copy, each with its number of rows.</summary>
    public async Task<IReadOnlyList<(Table Table, long Rows)>> ListTablesAsync()
    {
        var tables = new List<(Table, long)>();
        foreach (var table in (await Table.ListAsync(_source)).Where(t => t.Name is not (Migrations or Numbers)))
        {
            tables.Add((table, _source.ExecuteScalar<long>($"SELECT COUNT(*) FROM {table.Name}")));
        }

        return tables;
    }

    /// <summary>
    /// Takes the foreign keys away, which <see cref="CheckReferencesAsync"/> puts back: tables refer to each other in
    /// circles, so that in no order each row finds what it refers to.
    /// </summary>
    /// <returns>The statements that put them back.</returns>
    public async Task<IReadOnlyList<string>> DropReferencesAsync()
    {
        var keys = (await _target.QueryAsync<(string Table, string Name, string Definition)>(ListKeys)).AsList();
        foreach (var (table, name, _) in keys)
        {
            await _target.ExecuteAsync($"ALTER TABLE {table} DROP CONSTRAINT {name}");
        }

        return keys.ConvertAll(key => $"ALTER TABLE {key.Table} ADD CONSTRAINT {key.Name} {key.Definition}");
    }

    /// <summary>Copies a table's rows; hands back what they add up to.</summary>
    /// <exception cref="InvalidDataException">PostgreSQL cannot hold a value.</exception>
    public async Task<TableDigest> CopyAsync(Table table, Action advance, CancellationToken ct)
    {
        var digest = new TableDigest();
        using var command = _source.CreateCommand();
        command.CommandText = $"SELECT {Names(table)} FROM {table.Name}";
        await using var reader = await command.ExecuteReaderAsync(ct);
        // No instance has cached anything that the triggers could tell it of.
        await _target.ExecuteAsync($"ALTER TABLE {table.Name} DISABLE TRIGGER USER");
        await using var writer = await _target.BeginBinaryImportAsync(
            $"COPY {table.Name} ({Names(table)}) FROM STDIN (FORMAT BINARY)", ct);
        while (await reader.ReadAsync(ct))
        {
            await writer.StartRowAsync(ct);
            for (var i = 0; i < table.Columns.Count; i++)
            {
                if (reader.IsDBNull(i))
                {
                    digest.AddNull();
                    await writer.WriteNullAsync(ct);
                }
                else if (table.Columns[i].IsText)
                {
                    var text = ReadText(reader, table, i);
                    digest.Add(text);
                    await writer.WriteAsync(text, NpgsqlDbType.Text, ct);
                }
                else
                {
                    var number = ReadNumber(reader, table, i);
                    digest.Add(number);
                    await writer.WriteAsync(number, NpgsqlDbType.Bigint, ct);
                }
            }

            digest.EndRow();
            advance();
        }

        await writer.CompleteAsync(ct);
        await writer.DisposeAsync();
        await _target.ExecuteAsync($"ALTER TABLE {table.Name} ENABLE TRIGGER USER");
        return digest;
    }

    /// <summary>What the rows that PostgreSQL holds add up to.</summary>
    public async Task<TableDigest> DigestAsync(Table table, Action advance, CancellationToken ct)
    {
        var digest = new TableDigest();
        await using var command = new NpgsqlCommand($"SELECT {Names(table)} FROM {table.Name}", _target);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            for (var i = 0; i < table.Columns.Count; i++)
            {
                if (await reader.IsDBNullAsync(i, ct))
                {
                    digest.AddNull();
                }
                else if (table.Columns[i].IsText)
                {
                    digest.Add(System.Text.Encoding.UTF8.GetBytes(reader.GetString(i)));
                }
                else
                {
                    digest.Add(reader.GetInt64(i));
                }
            }

            digest.EndRow();
            advance();
        }

        return digest;
    }

    /// <summary>Sets each sequence behind the last number that SQLite has given.</summary>
    public async Task ContinueNumbersAsync()
    {
        var numbers = await _source.QueryAsync<(string Prefix, long Last)>($"SELECT prefix, last FROM {Numbers}");
        foreach (var (prefix, last) in numbers.Where(number => number.Last > 0))
        {
            await _target.ExecuteAsync("SELECT setval('numbers_' || lower(@prefix), @last)", new { prefix, last });
        }
    }

    /// <summary>
    /// Puts the foreign keys back, which finds every reference that leads nowhere, and takes the statistics that what
    /// reads the rows from now on is planned by.
    /// </summary>
    public async Task CheckReferencesAsync(IReadOnlyList<string> dropped)
    {
        foreach (var statement in dropped)
        {
            await _target.ExecuteAsync(new CommandDefinition(statement, commandTimeout: 0));
        }

        await _target.ExecuteAsync(
            new CommandDefinition("ANALYZE", commandTimeout: 0, commandType: CommandType.Text));
    }

    /// <summary>Makes all of it durable and visible.</summary>
    public Task CommitAsync(CancellationToken ct) => _transaction.CommitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _target.DisposeAsync();
    }

    private static string Names(Table table) => string.Join(", ", table.Columns.Select(column => $"\"{column.Name}\""));

    // The bytes as they are stored: the driver's strings end at a NUL, and hide what is no UTF-8.
    private static byte[] ReadText(SqliteDataReader reader, Table table, int column)
    {
        if (raw.sqlite3_column_type(reader.Handle, column) != raw.SQLITE_TEXT)
        {
            throw CannotHold(reader, table, column, "is no text");
        }

        var text = raw.sqlite3_column_blob(reader.Handle, column);
        return text.Contains((byte)0) ? throw CannotHold(reader, table, column, "has a NUL character")
            : !Utf8.IsValid(text) ? throw CannotHold(reader, table, column, "is no Unicode text")
            : text.ToArray();
    }

    private static long ReadNumber(SqliteDataReader reader, Table table, int column) =>
        raw.sqlite3_column_type(reader.Handle, column) == raw.SQLITE_INTEGER
            ? raw.sqlite3_column_int64(reader.Handle, column)
            : throw CannotHold(reader, table, column, "is no whole number");

    private static InvalidDataException CannotHold(SqliteDataReader reader, Table table, int column, string what)
    {
        var name = table.HasCode ? reader.GetString(reader.GetOrdinal("code")) : $"a row of {table.Name}";
        return new InvalidDataException(
            $"PostgreSQL cannot hold {name}: {table.Name}.{table.Columns[column].Name} {what}.");
    }

    // What extensions bring along belongs to the server.
    private const string FindAnything = """
        SELECT n.nspname || '.' || c.relname
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
          AND NOT EXISTS (
            SELECT 1 FROM pg_depend d
            WHERE d.classid = CAST('pg_class' AS regclass) AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY 1
        LIMIT 1
        """;

    private const string ListKeys = """
        SELECT CAST(CAST(c.conrelid AS regclass) AS TEXT), quote_ident(c.conname), pg_get_constraintdef(c.oid)
        FROM pg_constraint c
        WHERE c.contype = 'f' AND c.connamespace = CAST(current_schema() AS regnamespace)
        ORDER BY c.conname
        """;
}
