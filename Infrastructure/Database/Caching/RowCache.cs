using System.Collections.Concurrent;

namespace WorkspaceService.Infrastructure.Database.Caching;

/// <summary>
/// Remembers answers by the rows that they were read from, exactly: one counts only until one of its rows changes,
/// whatever else is written to the same tables (see <see cref="RowChangeTracker"/>). A transaction also minds what it
/// has itself changed.
/// </summary>
/// <param name="capacity">How many answers are kept; one more, and all are forgotten.</param>
/// <param name="sources">The slots of the rows that an answer was read from.</param>
public sealed class RowCache<TKey, TAnswer>(RowChangeTracker changes, int capacity, Func<TAnswer, int[]> sources)
    where TKey : notnull
    where TAnswer : class
{
    private readonly ConcurrentDictionary<TKey, Entry> _entries = new();

    /// <summary>To be taken before an answer is read.</summary>
    public long Commit => changes.Commit;

    /// <summary>The answer that still counts; null where there is none.</summary>
    /// <param name="writing">True inside a transaction.</param>
    public TAnswer? Find(TKey key, bool writing = false) =>
        _entries.TryGetValue(key, out var known) && IsCurrent(known, writing) ? known.Answer : null;

    /// <param name="commit">What <see cref="Commit"/> was before the answer was read.</param>
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
            if (changes.Since(known.Commit, slot) || (writing && changes.IsPending(slot)))
            {
                return false;
            }
        }

        return true;
    }

    private sealed record Entry(TAnswer Answer, int[] Sources, long Commit);
}
