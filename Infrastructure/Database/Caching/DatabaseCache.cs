using System.Collections.Frozen;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Database.Caching;

/// <summary>The caches of a process that is the only writer of its SQLite file.</summary>
internal sealed class DatabaseCache
{
    public DatabaseCache(
        TableVersions versions, RowChangeTracker changes, Func<IReadOnlyDictionary<string, string[]>> tables)
    {
        var names = new Lazy<FrozenDictionary<string, string[]>>(
            () => tables().ToFrozenDictionary(StringComparer.OrdinalIgnoreCase), LazyThreadSafetyMode.PublicationOnly);
        Rows = new(capacity: 20_000, versions, names);
        Lists = new(capacity: 256, versions, names);
        AccessFacts = new(changes, capacity: 50_000, Security.AccessFacts.SourcesOf);
    }

    public QueryCache Rows { get; }

    /// <summary>Small capacity: a list has up to 101 rows.</summary>
    public QueryCache Lists { get; }

    public RowCache<AccessKey, AccessFacts> AccessFacts { get; }
}
