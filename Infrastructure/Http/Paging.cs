using System.Globalization;
using System.Reflection;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>A row of a list sorted by number; the number is not part of the response.</summary>
public interface INumbered
{
    /// <summary>The number of the row's code.</summary>
    long Number { get; }
}

/// <summary>
/// Keyset paging of lists sorted by number: a statement reads <c>number &gt; @After ORDER BY number LIMIT @Take</c>,
/// one row more than the page holds, which tells whether another page follows.
/// </summary>
public static class Paging
{
    public const int DefaultLimit = 20;

    /// <summary>The number after which the page begins; 0 without a cursor. Fault: <c>invalid_cursor</c>.</summary>
    /// <param name="query">The list query, whose filters the cursor is bound to.</param>
    public static Outcome<long> After<TQuery>(TQuery query, string? cursor) where TQuery : notnull =>
        cursor is null ? 0
        : Cursor.Decode(BindingOf(query), cursor, 1) is [var key]
            && long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? after
        : Faults.InvalidCursor;

    /// <summary>
    /// The page of <paramref name="rows"/>, which may be up to <paramref name="limit"/> + 1.
    /// </summary>
    public static Page<TRow> ToPage<TRow, TQuery>(this List<TRow> rows, int limit, TQuery query)
        where TRow : INumbered
        where TQuery : notnull =>
        rows.Count <= limit
            ? new(rows, Next: null)
            : new(
                rows[..limit],
                Cursor.Encode(BindingOf(query), rows[limit - 1].Number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>
    /// The binding of a list query's cursors: the query's type and all its members but caller, cursor and limit.
    /// </summary>
    public static string BindingOf<TQuery>(TQuery query) where TQuery : notnull => Filters<TQuery>.Bind(query);

    private static class Filters<TQuery> where TQuery : notnull
    {
        // "After" is a position, as a cursor is: a page that was begun with one goes on with the other.
        private static readonly string[] NoFilters =
            [nameof(Caller), nameof(Cursor), nameof(IListQuery<>.Limit), "After"];

        // The slice's name, which its cursors have had from the first version on.
        private static readonly string List = typeof(TQuery).DeclaringType!.Name;

        private static readonly Func<TQuery, string?>[] Getters =
        [
            .. typeof(TQuery).GetProperties(BindingFlags.Instance | BindingFlags.Public)
                .Where(property => !NoFilters.Contains(property.Name))
                .Select(property => property.PropertyType == typeof(string)
                    ? property.GetMethod!.CreateDelegate<Func<TQuery, string?>>()
                    : throw new NotSupportedException($"{List}.{property.Name}: a filter of a list is a text.")),
        ];

        public static string Bind(TQuery query)
        {
            var parts = new string?[Getters.Length + 1];
            parts[0] = List;
            for (var i = 0; i < Getters.Length; i++)
            {
                parts[i + 1] = Getters[i](query);
            }

            return Cursor.Binding(parts);
        }
    }
}
