using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>
/// The address of the page, whose query holds the parameters of its list: so every view of a list can be linked to.
/// </summary>
public sealed class PageAddress
{
    private readonly IReadOnlyDictionary<string, string> _query;

    private PageAddress(string path, IReadOnlyDictionary<string, string> query) => (Path, _query) = (path, query);

    public string Path { get; }

    /// <summary>
    /// The value of a parameter; null where it is not given or blank, as a form sends what is left empty.
    /// </summary>
    public string? this[string name] => _query.GetValueOrDefault(name);

    public IEnumerable<KeyValuePair<string, string>> Query => _query;

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

    public static ValueTask<PageAddress> BindAsync(HttpContext http) => ValueTask.FromResult(Of(http.Request));

    internal static PageAddress Of(HttpRequest request) => new(
        request.Path,
        request.Query.Where(pair => !StringValues.IsNullOrEmpty(pair.Value) && !string.IsNullOrWhiteSpace(pair.Value))
            .ToDictionary(pair => pair.Key, pair => pair.Value.ToString()));
}
