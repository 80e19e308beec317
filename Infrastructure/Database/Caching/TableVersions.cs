using System.Collections.Concurrent;

namespace WorkspaceService.Infrastructure.Database.Caching;

/// <summary>
/// Counts, for each table, the commits that changed it, as SQLite itself reports them. An answer remembered together
/// with the counts from before it was read is exact as long as they stand: a commit publishes its counts before its
/// writer is answered.
/// </summary>
public sealed class TableVersions
{
    private readonly ConcurrentDictionary<string, StrongBox> _versions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);

    /// <summary>The counter of one table, to be kept and read often.</summary>
    internal StrongBox Of(string table) => _versions.GetOrAdd(table, _ => new StrongBox());

    internal void Touch(string table) => _touched.Add(table);

    internal void Publish()
    {
        foreach (var table in _touched)
        {
            Interlocked.Increment(ref Of(table).Value);
        }

        _touched.Clear();
    }

    internal sealed class StrongBox
    {
        public long Value;
    }
}
