using System.Reflection;
using System.Text.RegularExpressions;
using Npgsql;
using WorkspaceService.Infrastructure.Database.Caching;

namespace WorkspaceService.Architecture;

/// <summary>
/// On PostgreSQL the database itself notes what instances have to forget: every change of a table that an answer is
/// remembered from, and the row where a column changes that access is read from.
/// </summary>
[Collection("Database")]
public sealed partial class ChangesAreNoted(ServiceFixture service)
{
    private const int Insert = 4, Delete = 8, Update = 16, Truncate = 32;

    private static readonly Dictionary<string, string> Other = new()
    {
        ["users.status"] = "'deactivated'",
        ["organizations.owner_id"] = "(SELECT MAX(id) FROM users)",
        ["organizations.status"] = "'suspended'",
        ["organizations.workspace_role_ceiling"] = "1 - workspace_role_ceiling",
        ["workspaces.status"] = "'archived'",
        ["workspaces.type"] = "'default'",
        ["workspaces.version"] = "version + 1",
        ["organization_members.role"] = "'billing'",
        ["members.role"] = "'guest'",
    };

    // What rows are found by; no statement changes them.
    private static readonly string[] Keys =
    [
        "workspaces.organization_id", "organization_members.organization_id", "organization_members.user_id",
        "members.workspace_id", "members.user_id",
    ];

    [PostgresFact]
    public async Task Every_table_that_a_remembered_answer_is_read_from_has_triggers_for_every_change()
    {
        var covered = (await service.ReadAsync<(string Table, int Events)>(
            """
            SELECT CAST(c.relname AS TEXT), bit_or(CAST(t.tgtype AS INT) & 60)
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE t.tgname LIKE 'note\_%' AND t.tgqual IS NULL AND t.tgenabled = 'O'
            GROUP BY c.relname
            """)).ToDictionary(row => row.Table, row => row.Events);
        var catalog = DatabaseCache.TablesBehind(await service.ReadAsync<(string Name, string Type, string? Sql)>(
            """
            SELECT CAST(c.relname AS TEXT), CASE WHEN c.relkind = 'v' THEN 'view' ELSE 'table' END,
                   CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END
            FROM pg_class c
            WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relkind IN ('r', 'v') ORDER BY c.oid
            """));
        var statements = Remembered().ToList();
        statements.Should().HaveCountGreaterThan(8);

        foreach (var (name, sql) in statements)
        {
            var tables = QueryCache.TablesIn(sql, catalog).ToList();
            tables.Should().NotBeEmpty(name);
            foreach (var table in tables)
            {
                covered.GetValueOrDefault(table).Should().Be(
                    Insert | Delete | Update | Truncate, $"{name} is remembered, which reads {table}");
            }
        }
    }

    [PostgresFact]
    public async Task A_change_of_a_column_that_access_is_read_from_is_noted_with_its_row()
    {
        RowChangeTracker.WatchedColumns.Select(c => $"{c.Table}.{c.Column}")
            .Should().BeEquivalentTo(Other.Keys.Concat(Keys));
        var tenant = await service.NewTenantAsync();
        var workspace = await tenant.NewWorkspaceAsync();
        await tenant.NewMemberOfAsync(workspace.Id);
        await using var source = NpgsqlDataSource.Create(service.ConnectionString);
        foreach (var (column, value) in Other)
        {
            var (table, name) = (column.Split('.')[0], column.Split('.')[1]);
            await using var connection = await source.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var change = new NpgsqlCommand(
                $"UPDATE {table} SET {name} = {value}", connection);
            var rows = await change.ExecuteNonQueryAsync();
            rows.Should().BePositive(column);
            await using var noted = new NpgsqlCommand(
                "SELECT COUNT(*) FROM row_changes WHERE xid = pg_current_xact_id() AND id <> 0 AND source = $1",
                connection);
            noted.Parameters.Add(new() { Value = table });
            ((long)(await noted.ExecuteScalarAsync())!).Should().BePositive(column);
            await transaction.RollbackAsync();
        }
    }

    // Those that are named where the cache is asked; all of a class that chooses one there.
    private static IEnumerable<(string Name, string Sql)> Remembered()
    {
        var types = typeof(Program).Assembly.GetTypes().Where(type => type.Name == "Sql").ToList();
        foreach (var path in Source.Files("Features").Concat(Source.Files("Infrastructure"))
            .Where(path => Path.GetFileName(path) != "Session.cs"))
        {
            var text = File.ReadAllText(path);
            var owners = Declared().Matches(text).Select(match => match.Groups[1].Value).ToHashSet();
            var constants = types.Where(type => owners.Contains(type.DeclaringType!.Name))
                .SelectMany(type => type.GetFields(
                    BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
                .ToList();
            foreach (Match asked in Asked().Matches(text))
            {
                var names = Named().Matches(asked.Value).Select(match => match.Groups[1].Value).ToHashSet();
                var named = constants.Where(field => names.Count == 0 || names.Contains(field.Name)).ToList();
                named.Should().NotBeEmpty(path);
                foreach (var field in named)
                {
                    yield return ($"{path} {field.Name}", (string)field.GetRawConstantValue()!);
                }
            }
        }
    }

    [GeneratedRegex(@"\b(?:class|record) (\w+)")]
    private static partial Regex Declared();

    [GeneratedRegex(@"(?:Find|List)CachedAsync<[^;]*;")]
    private static partial Regex Asked();

    [GeneratedRegex(@"\bSql\.(\w+)")]
    private static partial Regex Named();
}
