using System.Net;
using System.Text.Json;

namespace WorkspaceService;

/// <summary>Calls that must succeed.</summary>
internal static class Calls
{
    /// <summary>Creates something; hands back its id, which the member of that name holds.</summary>
    public static async Task<string> MakeAsync(this HttpClient client, string path, object body, string id = "id") =>
        (await (await client.PostJson(path, body)).Data(HttpStatusCode.Created)).GetProperty(id).GetString()!;

    /// <summary>All rows of a list, page by page, from a cursor on or from the beginning.</summary>
    public static async Task<List<JsonElement>> AllAsync(this HttpClient client, string path, string? cursor = "")
    {
        var rows = new List<JsonElement>();
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        while (cursor is not null)
        {
            var at = cursor.Length == 0 ? "" : $"&cursor={cursor}";
            var page = await (await client.GetAsync($"{path}{separator}limit=100{at}")).Json();
            rows.AddRange(page.GetProperty("data").EnumerateArray());
            cursor = page.GetProperty("meta").GetProperty("cursor").GetString();
        }

        return rows;
    }

    public static IEnumerable<string?> Texts(this IEnumerable<JsonElement> rows, params string[] path) =>
        rows.Select(row => path.Aggregate(row, (value, name) => value.GetProperty(name)).GetString());
}
