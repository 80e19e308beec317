using System.Globalization;
using System.Text.Json;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Serializes many rows into one parameter, which a statement reads with <c>json_each(@Rows)</c> and
/// <c>value ->> 'member'</c>. On PostgreSQL a migration defines that <c>json_each</c>.
/// </summary>
public static class JsonRows
{
    // An object with one member per row, because PostgreSQL's json_each takes no array.
    public static string Serialize<T>(IEnumerable<T> rows) => JsonSerializer.Serialize(
        rows.Select((row, n) => (Row: row, Name: n.ToString(CultureInfo.InvariantCulture)))
            .ToDictionary(r => r.Name, r => r.Row));
}
