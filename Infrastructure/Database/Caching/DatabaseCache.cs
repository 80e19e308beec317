using System.Collections.Frozen;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Database.Caching;

/// <summary>What a process that is its database's only writer remembers of it.</summary>
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

    /// <summary>Few, for a list may have a hundred rows.</summary>
    public QueryCache Lists { get; }

    public RowCache<AccessKey, AccessFacts> AccessFacts { get; }
}
