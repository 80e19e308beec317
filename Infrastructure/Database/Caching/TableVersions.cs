using System.Collections.Concurrent;

namespace WorkspaceService.Infrastructure.Database.Caching;

/// <summary>
/// Counts the commits that changed each table, as SQLite's update hook or PostgreSQL's triggers report them. A result
/// cached with the counts from before it was read is valid while they are unchanged: counts are published before the
/// writer's task completes.
/// </summary>
public sealed class TableVersions
{
    private readonly ConcurrentDictionary<string, Counter> _versions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);

    /// <summary>The counter of one table; the same object on every call.</summary>
    internal Counter Of(string table) => _versions.GetOrAdd(table, _ => new Counter());

    internal void Touch(string table) => _touched.Add(table);

    internal void Publish()
    {
        foreach (var table in _touched)
        {
            Interlocked.Increment(ref Of(table).Value);
        }

        _touched.Clear();
    }

    /// <summary>Counts a commit that changed these tables; on any thread.</summary>
    internal void Publish(IEnumerable<string> tables)
    {
        foreach (var table in tables)
        {
            Interlocked.Increment(ref Of(table).Value);
        }
    }

    internal void PublishAll() => Publish(_versions.Keys);

    internal sealed class Counter
    {
        public long Value;
    }
}
