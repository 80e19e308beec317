using System.Globalization;
using System.Text.Json;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Many rows in one parameter: a statement reads them with <c>json_each(@Rows)</c>, each one's members as
/// <c>value ->> 'member'</c>. Both databases understand that; PostgreSQL by a function that a migration makes.
/// </summary>
public static class JsonRows
{
    // An object with a name for each row, because PostgreSQL's json_each takes no array.
    public static string Serialize<T>(IEnumerable<T> rows) => JsonSerializer.Serialize(
        rows.Select((row, n) => (Row: row, Name: n.ToString(CultureInfo.InvariantCulture)))
            .ToDictionary(r => r.Name, r => r.Row));
}
