using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>What makes SQLite fast here, whichever database the other tests run on.</summary>
public sealed class PreparedStatementsTests : IDisposable
{
    private const int Recompilations = 5; // SQLITE_STMTSTATUS_REPREPARE

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"prepared_{Guid.NewGuid():N}.db");

    [Fact]
    public async Task A_statement_is_compiled_once_whatever_values_it_gets()
    {
        await using var db = new ConnectionFactory($"Data Source={_file}", TimeProvider.System);
        await using var connection = (SqliteConnection)await db.ConnectAsync(CancellationToken.None);
        connection.Handle!.enable_sqlite3_next_stmt(true);
        await connection.ExecuteAsync(
            "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO things (name) "
            + "VALUES ('a'), ('b'), ('c')");

        const string page =
            "SELECT name FROM things WHERE id > @After AND (name LIKE @Q OR @Q IS NULL) ORDER BY id LIMIT @Take";
        for (var take = 1; take <= 3; take++)
        {
            (await connection.QueryAsync<string>(page, new { After = 0L, Q = take == 2 ? null : "%", Take = take }))
                .Should().HaveCount(take);
        }

        var newest = raw.sqlite3_next_stmt(connection.Handle, null);
        raw.sqlite3_sql(newest).utf8_to_string().Should().Be(page);
        raw.sqlite3_stmt_status(newest, Recompilations, 0).Should().Be(0);
    }

    public void Dispose()
    {
        foreach (var file in Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(_file) + "*"))
        {
            File.Delete(file);
        }
    }
}
