using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>
/// The address of the page, whose query holds the parameters of its list: so every view of a list can be linked to.
/// </summary>
public sealed class PageAddress
{
    private readonly IReadOnlyDictionary<string, string> _query;

    private readonly TimeZoneInfo _zone;

    private PageAddress(string path, IReadOnlyDictionary<string, string> query, TimeZoneInfo zone) =>
        (Path, _query, _zone) = (path, query, zone);

    public string Path { get; }

    /// <summary>
    /// The value of a parameter; null where it is not given or blank, as a form sends what is left empty.
    /// </summary>
    public string? this[string name] => _query.GetValueOrDefault(name);

    public IEnumerable<KeyValuePair<string, string>> Query => _query;

    /// <summary>
    /// A time as the lists take it: of a day, which the reader's calendar has, the first moment; any other text as it
    /// is.
    /// </summary>
    public string? Begin(string name) => Moment(name, addedDays: 0);

    /// <summary>The same with the first moment after the day: the lists leave out what is at the end.</summary>
    public string? End(string name) => Moment(name, addedDays: 1);

    /// <summary>
    /// The same view with moments in place of days: it is the same for readers in every zone, as the next page of a
    /// list has to be.
    /// </summary>
    public PageAddress InMoments(string begin, string end) => new(
        Path,
        _query.ToDictionary(
            pair => pair.Key,
            pair => pair.Key == begin ? Begin(begin)! : pair.Key == end ? End(end)! : pair.Value),
        _zone);

    public bool Has(params string[] names) => names.Any(_query.ContainsKey);

    /// <summary>The same view with another value; null takes the parameter out. It begins at the first page.</summary>
    public string With(string name, string? value)
    {
        var query = _query.Where(pair => pair.Key != name && pair.Key != "cursor")
            .Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value));
        return QueryHelpers.AddQueryString(
            Path, value is null ? query : query.Append(KeyValuePair.Create(name, (string?)value)));
    }

    /// <summary>The view without these parameters.</summary>
    public string Without(params string[] names) => QueryHelpers.AddQueryString(
        Path,
        _query.Where(pair => !names.Contains(pair.Key))
            .Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));

    public override string ToString() =>
        QueryHelpers.AddQueryString(Path, _query.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));

    internal static bool IsDay(string? text) => TryDay(text, out _);

    private static bool TryDay(string? text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day)
        && day is { Year: > 1970 and < 9999 };

    private string? Moment(string name, int addedDays)
    {
        if (!TryDay(this[name], out var day))
        {
            return this[name];
        }

        var midnight = day.AddDays(addedDays).ToDateTime(TimeOnly.MinValue);
        return JsonConventions.TimeText(new DateTimeOffset(midnight, _zone.GetUtcOffset(midnight)).ToUniversalTime());
    }

    public static ValueTask<PageAddress> BindAsync(HttpContext http) => ValueTask.FromResult(Of(http.Request));

    internal static PageAddress Of(HttpRequest request) => new(
        request.Path,
        request.Query.Where(pair => !StringValues.IsNullOrEmpty(pair.Value) && !string.IsNullOrWhiteSpace(pair.Value))
            .ToDictionary(pair => pair.Key, pair => pair.Value.ToString()),
        Preferences.Of(request.HttpContext).Zone);
}
