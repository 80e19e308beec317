using System.Data.Common;
using Dapper;
using Npgsql;

namespace WorkspaceService.Infrastructure.Database.Maintenance;

/// <summary>A table as the database describes it, with its columns and what they refer to.</summary>
internal sealed record Table(string Name, IReadOnlyList<Column> Columns, IReadOnlyList<Reference> References)
{
    /// <summary>The tables of the service's schema, in the order of their names.</summary>
    public static async Task<IReadOnlyList<Table>> ListAsync(DbConnection connection)
    {
        var isPostgres = connection is NpgsqlConnection;
        var columns = await connection.QueryAsync<(string Table, string Name, string Type)>(
            isPostgres ? PostgresColumns : SqliteColumns);
        var references = await connection.QueryAsync<(string Table, string Column, string Parent, string? Key)>(
            isPostgres ? PostgresReferences : SqliteReferences);
        var ofTable = references.ToLookup(
            row => row.Table, row => new Reference(row.Column, row.Parent, row.Key ?? "id"));
        return
        [
            .. columns.GroupBy(row => row.Table).OrderBy(table => table.Key, StringComparer.Ordinal).Select(
                table => new Table(
                    table.Key,
                    [.. table.Select(column => new Column(column.Name, IsText: column.Type == "TEXT"))],
                    [.. ofTable[table.Key]])),
        ];
    }

    /// <summary>True where each row has a code, by which messages name it.</summary>
    public bool HasCode => Columns.Any(column => column.Name == "code");

    /// <summary>
    /// The statement that finds the rows whose reference leads nowhere, each with the codes that say what it is about
    /// and the key that it refers to.
    /// </summary>
    /// <param name="coded">The tables whose rows have a code.</param>
    public string FindBroken(Reference broken, IReadOnlySet<string> coded)
    {
        var others = HasCode ? [] : References.Where(r => r != broken && coded.Contains(r.Parent)).Index().ToList();
        var about = HasCode ? "t.code"
            : others.Count == 0 ? "NULL"
            : string.Join(" || ' ' || ", others.Select(other => $"COALESCE(o{other.Index}.code, '')"));
        var joins = string.Concat(others.Select(other =>
            $" LEFT JOIN {other.Item.Parent} o{other.Index}"
            + $" ON o{other.Index}.{other.Item.Key} = t.{other.Item.Column}"));
        return $"SELECT {about}, CAST(t.{broken.Column} AS TEXT) FROM {Name} t "
            + $"LEFT JOIN {broken.Parent} p ON p.{broken.Key} = t.{broken.Column}{joins} "
            + $"WHERE t.{broken.Column} IS NOT NULL AND p.{broken.Key} IS NULL";
    }

    private const string SqliteColumns = """
        SELECT t.name, c.name, c.type
        FROM sqlite_master t JOIN pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
        ORDER BY t.name, c.cid
        """;

    private const string PostgresColumns = """
        SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), upper(data_type)
        FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name IN (
            SELECT table_name FROM information_schema.tables
            WHERE table_schema = current_schema() AND table_type = 'BASE TABLE')
        ORDER BY table_name, ordinal_position
        """;

    private const string SqliteReferences = """
        SELECT t.name, r."from", r."table", r."to"
        FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) r
        WHERE t.type = 'table'
        ORDER BY t.name, r.id, r.seq
        """;

    private const string PostgresReferences = """
        SELECT CAST(t.relname AS TEXT), CAST(a.attname AS TEXT), CAST(p.relname AS TEXT), CAST(k.attname AS TEXT)
        FROM pg_constraint c
        JOIN pg_class t ON t.oid = c.conrelid
        JOIN pg_class p ON p.oid = c.confrelid
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        JOIN pg_attribute k ON k.attrelid = c.confrelid AND k.attnum = c.confkey[1]
        WHERE c.contype = 'f' AND c.connamespace = CAST(current_schema() AS regnamespace)
        ORDER BY t.relname, a.attnum
        """;
}

/// <param name="IsText">Otherwise it is a whole number: there are no other types.</param>
internal sealed record Column(string Name, bool IsText);

/// <summary>A column that is null or the key of a row of <paramref name="Parent"/>.</summary>
internal sealed record Reference(string Column, string Parent, string Key);
