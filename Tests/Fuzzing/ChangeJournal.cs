using System.Data.Common;
using Dapper;

namespace WorkspaceService.Fuzzing;

/// <summary>
/// Tells whether anything in the database has changed: triggers on every table write down each changed row within its
/// transaction, so what was rolled back leaves nothing. What changes by itself, or with what is read, is left out.
/// </summary>
internal sealed class ChangeJournal : IAsyncDisposable
{
    // Table and the columns whose updates do not count; * for those of which nothing counts.
    private static readonly Dictionary<string, string[]> LeftOut = new()
    {
        ["api_keys"] = ["last_used_at"],
        ["events"] = ["sequence", "previous_hash", "hash"], // given when an event is first read, on PostgreSQL
        ["numbers"] = ["*"],
        ["refusals"] = ["*"],
        ["schema_migrations"] = ["*"],
    };

    private readonly DbConnection _connection;
    private long _seen;

    private ChangeJournal(DbConnection connection) => _connection = connection;

    public static async Task<ChangeJournal> OpenAsync(ServiceFixture service)
    {
        var connection = await service.Db.ConnectAsync(CancellationToken.None);
        var isPostgres = service.Db.IsPostgres;
        await connection.ExecuteAsync(isPostgres
            ? """
              CREATE TABLE journal (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what TEXT NOT NULL);
              CREATE FUNCTION write_down() RETURNS TRIGGER LANGUAGE plpgsql AS $$
              BEGIN INSERT INTO journal (what) VALUES (TG_OP || ' ' || TG_TABLE_NAME); RETURN NULL; END $$
              """
            : "CREATE TABLE journal (id INTEGER PRIMARY KEY, what TEXT NOT NULL)");
        var columns = await connection.QueryAsync<(string Table, string Column)>(isPostgres
            ? """
              SELECT c.table_name, c.column_name FROM information_schema.columns c
              JOIN information_schema.tables t ON t.table_name = c.table_name AND t.table_schema = c.table_schema
              WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
                AND c.table_name NOT IN ('journal', 'leases', 'row_changes', 'table_changes')
              """
            : """
              SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c
              WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'journal'
              """);
        foreach (var table in columns.GroupBy(column => column.Table, column => column.Column))
        {
            var leftOut = LeftOut.GetValueOrDefault(table.Key) ?? [];
            if (leftOut is ["*"])
            {
                continue;
            }

            var updates = $"UPDATE OF {string.Join(", ", table.Except(leftOut))}";
            foreach (var change in new[] { "INSERT", updates, "DELETE" })
            {
                var verb = change.Split(' ')[0];
                await connection.ExecuteAsync(isPostgres
                    ? $"""
                       CREATE TRIGGER journal_{verb} AFTER {change} ON {table.Key}
                       FOR EACH ROW EXECUTE FUNCTION write_down()
                       """
                    : $"""
                       CREATE TRIGGER journal_{table.Key}_{verb} AFTER {change} ON {table.Key}
                       BEGIN INSERT INTO journal (what) VALUES ('{verb} {table.Key}'); END
                       """);
            }
        }

        return new(connection);
    }

    /// <summary>The changes since the last call, such as <c>UPDATE members</c>.</summary>
    public async Task<List<string>> ReadAsync()
    {
        var rows = await _connection.QueryAsync<(long Id, string What)>(
            "SELECT id, what FROM journal WHERE id > @_seen ORDER BY id", new { _seen });
        var changes = rows.AsList();
        _seen = changes.Count == 0 ? _seen : changes[^1].Id;
        return [.. changes.Select(change => change.What)];
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
