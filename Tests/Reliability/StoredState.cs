using System.Globalization;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Maintenance;

namespace WorkspaceService.Reliability;

/// <summary>All rows of a SQLite file as text, so that two states of it can be told apart.</summary>
internal static class StoredState
{
    // Another one each time that the same is done: times, hashes, secrets, and what holds such.
    private static readonly string[] Drawn =
        ["hash", "hint", "secret", "request_id", "answer", "document", "changes", "fingerprint"];

    static StoredState() => DapperConventions.Apply();

    /// <summary>Recovers the file as its next user does; it must be sound, and <c>verify</c> find nothing.</summary>
    public static async Task<string> OfSoundAsync(string file)
    {
        await using var connection = SqliteFile.Open(file);
        (await Findings.FindAsync(connection, TimeProvider.System)).Should().BeEmpty();
        return Of(connection);
    }

    /// <summary>The rows, without what is drawn or measured anew each time.</summary>
    public static string Of(SqliteConnection connection)
    {
        var state = new StringBuilder();
        foreach (var table in connection.Query<string>(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").AsList())
        {
            var columns = connection.Query<string>("SELECT name FROM pragma_table_info(@table)", new { table })
                .Where(column => !column.EndsWith("_at", StringComparison.Ordinal)
                    && !Drawn.Any(word => column.EndsWith(word, StringComparison.Ordinal)))
                .ToList();
            state.AppendLine(CultureInfo.InvariantCulture, $"{table}: {string.Join(' ', columns)}");
            var row = string.Join(" || '|' || ", columns.Select(column => $"COALESCE({column}, '-')"));
            state.AppendJoin('\n', connection.Query<string>($"SELECT {row} FROM {table} ORDER BY 1")).AppendLine();
        }

        return state.ToString();
    }
}
