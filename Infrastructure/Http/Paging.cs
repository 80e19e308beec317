using System.Globalization;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>A row of a list that is sorted by number, which the wire does not show.</summary>
public interface INumbered
{
    /// <summary>The positive integer behind the row's id.</summary>
    long Number { get; }
}

/// <summary>
/// Pages of a list that is sorted by number: a statement takes <c>number &gt; @After ORDER BY number LIMIT @Take</c> with one
/// row more than the page holds, which says whether another page follows.
/// </summary>
public static class Paging
{
    public const int DefaultLimit = 20;

    /// <summary>The number that the page comes after; 0 without a cursor; <c>invalid_cursor</c>.</summary>
    /// <param name="binding">See <see cref="Cursor.Binding"/>.</param>
    public static Outcome<long> After(string binding, string? cursor) =>
        cursor is null ? 0
        : Cursor.Decode(binding, cursor, 1) is { } keys && long.TryParse(keys[0], NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? after
        : Faults.InvalidCursor;

    /// <summary>The page that <paramref name="rows"/> fill, of which there may be one more than <paramref name="limit"/>.</summary>
    public static Page<T> ToPage<T>(this List<T> rows, int limit, string binding) where T : INumbered => rows.Count <= limit
        ? new(rows, Next: null)
        : new(rows[..limit], Cursor.Encode(binding, rows[limit - 1].Number.ToString(CultureInfo.InvariantCulture)));
}
