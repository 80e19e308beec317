using System.Collections.Concurrent;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Remembers answers that were read from a few tables, and is never stale: an answer counts only while none of those tables
/// has been written since before it was read. On PostgreSQL, where other instances write too, it remembers nothing.
/// </summary>
/// <param name="mostEntries">When this many are held, it starts afresh.</param>
public sealed class ExactCache<TKey, TValue>(ConnectionFactory db, int mostEntries, params string[] tables) where TKey : notnull
{
    private readonly TableVersions.StrongBox[]? _versions = db.Versions is { } versions ? [.. tables.Select(versions.Of)] : null;
    private readonly ConcurrentDictionary<TKey, (long Version, TValue Value)> _entries = new();

    /// <summary>The remembered answer for <paramref name="key"/>, or what <paramref name="read"/> finds in the database.</summary>
    public async ValueTask<TValue> GetAsync(TKey key, Func<TKey, ValueTask<TValue>> read)
    {
        if (_versions is null)
        {
            return await read(key);
        }

        var version = Version();
        if (_entries.TryGetValue(key, out var entry) && entry.Version == version)
        {
            return entry.Value;
        }

        var value = await read(key);
        if (_entries.Count >= mostEntries)
        {
            _entries.Clear();
        }

        _entries[key] = (version, value);
        return value;
    }

    private long Version()
    {
        long sum = 0;
        foreach (var box in _versions!)
        {
            sum += Volatile.Read(ref box.Value);
        }

        return sum;
    }
}
