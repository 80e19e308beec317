using System.Collections;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using WorkspaceService.Infrastructure.Telemetry;

namespace WorkspaceService.Infrastructure.Database.Caching;

/// <summary>
/// Caches results by statement and parameters; never stale: an entry is valid until a table that its statement names is
/// written (see <see cref="TableVersions"/>).
/// </summary>
/// <param name="tables">
/// The tables behind each name in a statement: the table itself, or those that a view reads.
/// </param>
/// <param name="capacity">
/// The maximum number of entries. Exceeding it, or the limit on the process's memory, clears the cache.
/// </param>
/// <param name="name">What its metrics name it.</param>
internal sealed partial class QueryCache(
    int capacity, TableVersions versions, Func<IReadOnlyDictionary<string, string[]>> tables, string name)
{
    // The size of an entry is unknown: settings may have 16 KB, so the number of entries alone does not bound memory.
    private const long MaxManagedBytes = 192 * 1024 * 1024;

    private readonly ConcurrentDictionary<Query, (long Version, object? Answer)> _answers = new();
    // Null for a statement that is not to be cached.
    private readonly ConcurrentDictionary<string, TableVersions.Counter[]?> _versionsOf =
        new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// The cached result of a statement with these parameters, or that of <paramref name="read"/>. Misses (null, or no
    /// rows) are not cached: anybody can make up any number of keys and codes, which would push out what is asked for.
    /// </summary>
    public async ValueTask<T> GetAsync<T>(string sql, object parameters, Func<string, object, Task<T>> read)
    {
        if (_versionsOf.GetOrAdd(sql, VersionsOf, this) is not { } counters)
        {
            return await read(sql, parameters);
        }

        var version = Version(counters);
        var query = new Query(sql, parameters);
        var isHit = _answers.TryGetValue(query, out var known) && known.Version == version;
        Instruments.LookedUp(name, isHit);
        if (isHit)
        {
            return (T)known.Answer!;
        }

        var answer = await read(sql, parameters);
        if (answer is null or ICollection { Count: 0 })
        {
            _answers.TryRemove(query, out _);
            return answer;
        }

        if (_answers.Count >= capacity || GC.GetTotalMemory(forceFullCollection: false) > MaxManagedBytes)
        {
            _answers.Clear();
        }

        _answers[query] = (version, answer);
        return answer;
    }

    /// <summary>
    /// The tables behind every word of a statement that is the name of a table or view; may include too many, never too
    /// few.
    /// </summary>
    internal static IEnumerable<string> TablesIn(string sql, IReadOnlyDictionary<string, string[]> tables) =>
        Word().Matches(sql)
            .SelectMany(word => tables.GetValueOrDefault(word.Value) ?? []).Distinct(StringComparer.Ordinal);

    private static TableVersions.Counter[]? VersionsOf(string sql, QueryCache self)
    {
        string[] named = [.. TablesIn(sql, self.Tables)];
        return Array.TrueForAll(named, DatabaseCache.IsWatched) ? Array.ConvertAll(named, self.VersionOf) : null;
    }

    private IReadOnlyDictionary<string, string[]> Tables => tables();

    private TableVersions.Counter VersionOf(string table) => versions.Of(table);

    private static long Version(TableVersions.Counter[] counters)
    {
        long sum = 0;
        foreach (var counter in counters)
        {
            sum += Volatile.Read(ref counter.Value);
        }

        return sum;
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    // Statements are constants, so the reference identifies the text; parameters are records or anonymous types, equal
    // by value.
    private readonly struct Query(string sql, object parameters) : IEquatable<Query>
    {
        private readonly string _sql = sql;
        private readonly object _parameters = parameters;

        public bool Equals(Query other) => ReferenceEquals(_sql, other._sql) && _parameters.Equals(other._parameters);

        public override bool Equals(object? obj) => obj is Query other && Equals(other);

        public override int GetHashCode() => HashCode.Combine(RuntimeHelpers.GetHashCode(_sql), _parameters);
    }
}
