using System.Net;
using System.Text.Json;

namespace WorkspaceService;

/// <summary>Calls that must succeed.</summary>
internal static class Calls
{
    /// <summary>Creates something; hands back its id, which the member of that name holds.</summary>
    public static async Task<string> MakeAsync(this HttpClient client, string path, object body, string id = "id") =>
        (await (await client.PostJson(path, body)).Data(HttpStatusCode.Created)).GetProperty(id).GetString()!;

    /// <summary>All rows of a list, page by page.</summary>
    public static async Task<List<JsonElement>> AllAsync(this HttpClient client, string path)
    {
        var rows = new List<JsonElement>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = await (await client.GetAsync(
                $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=100{cursor}")).Json();
            rows.AddRange(page.GetProperty("data").EnumerateArray());
            cursor = page.GetProperty("meta").GetProperty("cursor").GetString() is { } next ? $"&cursor={next}" : null;
        }

        return rows;
    }

    public static IEnumerable<string?> Texts(this IEnumerable<JsonElement> rows, params string[] path) =>
        rows.Select(row => path.Aggregate(row, (value, name) => value.GetProperty(name)).GetString());
}
