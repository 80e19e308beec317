using System.Reflection;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Architecture;

/// <summary>
/// What an instance remembers is exact only if it learns of every change. SQLite itself tells, by its authorizer, which
/// columns a statement reads and which it updates: a column that facts about access are read from, and that some
/// statement of the service updates, has to be watched; and every table that a statement reads has to be known to the
/// query cache.
/// </summary>
#pragma warning disable CA1001 // xunit disposes of it
public sealed class CachedColumnsAreWatched : IAsyncLifetime
{
    private const int Read = 20;
    private const int Update = 23;

    private static readonly FieldInfo[] Statements =
    [
        .. typeof(Program).Assembly.GetTypes()
            .Where(type => type.Name == "Sql"
                && !type.Namespace!.EndsWith(".Database.Postgres", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => !field.Name.EndsWith("Postgres", StringComparison.Ordinal)),
    ];

    private readonly TestDatabase _database = TestDatabase.InFile();
    private ConnectionFactory _db = null!;
    private SqliteConnection _connection = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _db = new ConnectionFactory(_database.ConnectionString, TimeProvider.System);
        await _db.MigrateAsync(TimeProvider.System);
        _connection = (SqliteConnection)await _db.ConnectAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _db.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public void Every_column_that_access_is_read_from_is_watched_or_never_changes()
    {
        var read = Statements.Where(IsOfAccessReader).SelectMany(Columns(Read)).ToHashSet();
        var updated = Statements.SelectMany(Columns(Update)).ToHashSet();
        var watched = RowChangeTracker.WatchedColumns.ToHashSet();
        read.Should().Contain(("members", "role")).And.Contain(("workspaces", "code"));
        updated.Should().Contain(("members", "role")).And.NotContain(("workspaces", "code"));

        read.Intersect(updated).Except(watched).Should().BeEmpty("a change of it would not be noticed");
        watched.Except(read).Should().BeEmpty("nothing is remembered of it");
    }

    [Fact]
    public async Task A_change_of_any_watched_column_ends_what_was_remembered()
    {
        var root = RootKey.Caller with { RequestId = "test" };
        var key = new AccessKey("WS-26-000001", "USR-26-000001");
        await _db.TransactAsync<Done>(root, async session =>
        {
            await session.ExecuteAsync(Rows);
            return Done.It;
        });
        foreach (var (table, column) in RowChangeTracker.WatchedColumns)
        {
            await using var before = _db.Open(root);
            (await AccessReader.FindAsync(before, key)).Should().NotBeNull();
            before.AccessFacts!.Find(key).Should().NotBeNull("it is remembered");

            await _db.TransactAsync<Done>(root, async session =>
            {
                await session.ExecuteAsync($"UPDATE {table} SET {column} = {column}");
                return Done.It;
            });

            before.AccessFacts!.Find(key).Should().BeNull($"{table}.{column} was written");
        }
    }

    [Fact]
    public void The_query_cache_knows_every_table_that_a_statement_reads()
    {
        var known = _db.ListTables();
        var looked = 0;
        foreach (var field in Statements)
        {
            var sql = (string)field.GetRawConstantValue()!;
            if (!sql.StartsWith("SELECT", StringComparison.Ordinal)
                && !sql.StartsWith("WITH", StringComparison.Ordinal))
            {
                continue; // what writes is not remembered
            }

            var tables = Columns(Read)(field).Select(column => column.Table)
                .Where(table => known.GetValueOrDefault(table) is [var only] && only == table).ToHashSet();
            looked += tables.Count;
            tables.Except(QueryCache.TablesIn(sql, known))
                .Should().BeEmpty($"{field.DeclaringType!.DeclaringType!.Name}.{field.Name}");
        }

        looked.Should().BeGreaterThan(100);
    }

    private const string Rows = """
        INSERT INTO users (id, code, name, email, email_key, search, status, version, created_at, updated_at)
        VALUES (1, 'USR-26-000001', 'A', 'a', 'a', 'a', 'active', 1, 0, 0);
        INSERT INTO organizations (id, code, name, slug, search, owner_id, status, subscription_status, settings,
                                   workspace_role_ceiling, workspace_count, member_count, active_service_lines, version,
                                   created_at, updated_at)
        VALUES (1, 'ORG-26-000001', 'A', 'a', 'a', 1, 'active', 'active', '{}', 1, 1, 1, 0, 1, 0, 0);
        INSERT INTO organization_members (organization_id, user_id, role, version, joined_at)
        VALUES (1, 1, 'owner', 1, 0);
        INSERT INTO workspaces (id, code, organization_id, name, name_key, slug, search, type, status, owner_id,
                                settings,
                                currency, member_count, admin_count, active_service_lines, version, created_at,
                                updated_at)
        VALUES (1, 'WS-26-000001', 1, 'A', 'a', 'a', 'a', 'private', 'active', 1, '{}', 'USD', 1, 1, 0, 1, 0, 0);
        INSERT INTO members (workspace_id, user_id, role, version, joined_at) VALUES (1, 1, 'admin', 1, 0);
        """;

    private static bool IsOfAccessReader(FieldInfo field) => field.DeclaringType!.DeclaringType == typeof(AccessReader);

    // The tables and columns that preparing a statement asks leave for, views taken apart.
    private Func<FieldInfo, IEnumerable<(string Table, string Column)>> Columns(int action) => field =>
    {
        var asked = new List<(string, string)>();
        raw.sqlite3_set_authorizer(
            _connection.Handle,
            (_, code, table, column, _, _) =>
            {
                if (code == action && column is { Length: > 0 })
                {
                    asked.Add((table, column));
                }

                return raw.SQLITE_OK;
            },
            null);
        using var command = new SqliteCommand((string)field.GetRawConstantValue()!, _connection);
        command.Prepare();
        raw.sqlite3_set_authorizer(_connection.Handle, (strdelegate_authorizer)null!, null);
        return asked;
    };
}
