using System.Diagnostics;
using System.Text.RegularExpressions;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Database.Caching;

/// <summary>
/// The caches of an instance. On SQLite the process is the only writer, so they are always right; on PostgreSQL they
/// are asked while <see cref="IsFresh"/>.
/// </summary>
internal sealed partial class DatabaseCache
{
    private const string Unwatched = "";

    private readonly TableVersions _versions;
    private readonly RowChangeTracker _changes;
    private long _freshUntil;

    public DatabaseCache(TableVersions versions, RowChangeTracker changes, bool isAlwaysFresh)
    {
        (_versions, _changes, _freshUntil) = (versions, changes, isAlwaysFresh ? long.MaxValue : 0);
        Rows = new(capacity: 20_000, versions, () => Tables, "rows");
        Lists = new(capacity: 256, versions, () => Tables, "lists");
        AccessFacts = new(changes, capacity: 50_000, Security.AccessFacts.SourcesOf, "access_facts");
    }

    public QueryCache Rows { get; }

    /// <summary>Small capacity: a list has up to 101 rows.</summary>
    public QueryCache Lists { get; }

    public RowCache<AccessKey, AccessFacts> AccessFacts { get; }

    /// <summary>True where no commit counts later than is allowed.</summary>
    public bool IsFresh => Volatile.Read(ref _freshUntil) > Stopwatch.GetTimestamp();

    /// <summary>The tables behind the name of each table and view; set before the first question.</summary>
    public IReadOnlyDictionary<string, string[]> Tables { get; set; } = new Dictionary<string, string[]>();

    /// <summary>
    /// The tables behind each name, from rows of the catalog in the order of creation: <c>table</c>, <c>view</c> with
    /// its text, or <c>unwatched</c> for a table whose changes nobody reports: no statement that names one is cached.
    /// </summary>
    public static Dictionary<string, string[]> TablesBehind(
        IEnumerable<(string Name, string Type, string? Sql)> catalog)
    {
        var tables = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, type, sql) in catalog.OrderBy(row => row.Type == "view"))
        {
            tables[name] = type switch
            {
                "view" => [.. Word().Matches(sql!).SelectMany(word => tables.GetValueOrDefault(word.Value) ?? [])
                    .Distinct()],
                "table" => [name],
                _ => [Unwatched],
            };
        }

        return tables;
    }

    /// <summary>True where a change of the table is reported.</summary>
    public static bool IsWatched(string table) => table != Unwatched;

    /// <summary>Counts changes, whoever made them.</summary>
    public void Publish(IReadOnlyList<RowChange> changes)
    {
        if (changes.Count > 0)
        {
            _versions.Publish(changes.Select(change => change.Source).Distinct(StringComparer.Ordinal));
            _changes.Publish(changes.Where(change => change.Id != 0)
                .Select(change => RowChangeTracker.SlotOf(change.Source, change.Id, change.UserId)));
        }
    }

    /// <summary>Everything may have changed.</summary>
    public void Forget()
    {
        _versions.PublishAll();
        _changes.PublishAll();
    }

    /// <summary>All that was committed before <paramref name="timestamp"/> counts.</summary>
    public void FreshUntil(long timestamp, TimeSpan maxStaleness) => Volatile.Write(
        ref _freshUntil, timestamp + (long)(maxStaleness.TotalSeconds * Stopwatch.Frequency));

    /// <summary>Nothing is to be answered from the caches until <see cref="FreshUntil"/>.</summary>
    public void Suspend() => Volatile.Write(ref _freshUntil, 0);

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
