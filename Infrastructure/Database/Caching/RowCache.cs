using System.Collections.Concurrent;

namespace WorkspaceService.Infrastructure.Database.Caching;

/// <summary>
/// Remembers answers by the rows that they were read from, exactly: one counts only until one of its rows changes, whatever
/// else is written to the same tables (see <see cref="RowChangeTracker"/>). A transaction also minds what it has itself changed.
/// </summary>
/// <param name="most">How many answers are kept; one more, and all are forgotten.</param>
/// <param name="sources">The slots of the rows that an answer was read from.</param>
public sealed class RowCache<TKey, TAnswer>(RowChangeTracker changes, int most, Func<TAnswer, int[]> sources)
    where TKey : notnull
    where TAnswer : class
{
    private readonly ConcurrentDictionary<TKey, Remembered> _remembered = new();

    /// <summary>To be taken before an answer is read.</summary>
    public long Commit => changes.Commit;

    /// <summary>The answer that still counts; null where there is none.</summary>
    /// <param name="writing">True inside a transaction.</param>
    public TAnswer? Recall(TKey key, bool writing = false) =>
        _remembered.TryGetValue(key, out var known) && Stands(known, writing) ? known.Answer : null;

    /// <param name="commit">What <see cref="Commit"/> was before the answer was read.</param>
    /// <param name="writing">True inside a transaction.</param>
    public void Remember(TKey key, TAnswer answer, long commit, bool writing = false)
    {
        var remembered = new Remembered(answer, sources(answer), commit);
        if (!Stands(remembered, writing))
        {
            return;
        }

        if (_remembered.Count >= most)
        {
            _remembered.Clear();
        }

        _remembered[key] = remembered;
    }

    private bool Stands(Remembered known, bool writing)
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

    private sealed record Remembered(TAnswer Answer, int[] Sources, long Commit);
}
