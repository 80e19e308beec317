using System.Collections.Concurrent;
using WorkspaceService.Infrastructure.Telemetry;

namespace WorkspaceService.Infrastructure.Database.Caching;

/// <summary>
/// Caches results by the rows that they were read from; never stale: an entry is valid until one of its rows changes,
/// regardless of other writes to the same tables (see <see cref="RowChangeTracker"/>). Inside a transaction the
/// transaction's own changes count too.
/// </summary>
/// <param name="capacity">The maximum number of entries; exceeding it clears the cache.</param>
/// <param name="sources">The slots of the rows that a result was read from.</param>
/// <param name="name">What its metrics name it.</param>
public sealed class RowCache<TKey, TAnswer>(
    RowChangeTracker changes, int capacity, Func<TAnswer, int[]> sources, string name)
    where TKey : notnull
    where TAnswer : class
{
    private readonly ConcurrentDictionary<TKey, Entry> _entries = new();

    /// <summary>The newest commit; read it before reading a result.</summary>
    public long Commit => changes.Commit;

    /// <summary>The valid entry; null for none.</summary>
    /// <param name="writing">True inside a transaction.</param>
    public TAnswer? Find(TKey key, bool writing = false)
    {
        var answer = _entries.TryGetValue(key, out var known) && IsCurrent(known, writing) ? known.Answer : null;
        Instruments.LookedUp(name, hit: answer is not null);
        return answer;
    }

    /// <param name="commit"><see cref="Commit"/> from before the result was read.</param>
    /// <param name="writing">True inside a transaction.</param>
    public void Add(TKey key, TAnswer answer, long commit, bool writing = false)
    {
        var entry = new Entry(answer, sources(answer), commit);
        if (!IsCurrent(entry, writing))
        {
            return;
        }

        if (_entries.Count >= capacity)
        {
            _entries.Clear();
        }

        _entries[key] = entry;
    }

    private bool IsCurrent(Entry known, bool writing)
    {
        foreach (var slot in known.Sources)
        {
            if (changes.ChangedSince(known.Commit, slot) || (writing && changes.IsPending(slot)))
            {
                return false;
            }
        }

        return true;
    }

    private sealed record Entry(TAnswer Answer, int[] Sources, long Commit);
}
