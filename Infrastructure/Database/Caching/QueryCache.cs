using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace WorkspaceService.Infrastructure.Database.Caching;

/// <summary>
/// Remembers answers that were read, and is never stale: an answer counts only while no table that its statement names
/// has been written since before it was read (see <see cref="TableVersions"/>). Only where this process is the only
/// writer.
/// </summary>
/// <param name="tables">
/// The tables behind each name that a statement may use: a table's own, or those of a view.
/// </param>
/// <param name="capacity">
/// How many answers are kept; one more, and all are forgotten, as they are where the process has grown large.
/// </param>
internal sealed partial class QueryCache(
    int capacity, TableVersions versions, Lazy<FrozenDictionary<string, string[]>> tables)
{
    // Answers have no size that could be known, and a few thousand workspaces full of settings would take it all.
    private const long MostBytes = 192 * 1024 * 1024;

    private readonly ConcurrentDictionary<Query, (long Version, object? Answer)> _answers = new();
    private readonly ConcurrentDictionary<string, TableVersions.StrongBox[]> _versionsOf =
        new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// The remembered answer to a statement and its parameters, or what <paramref name="read"/> finds.
    /// </summary>
    public async ValueTask<T> GetAsync<T>(string sql, object parameters, Func<string, object, Task<T>> read)
    {
        var version = Version(_versionsOf.GetOrAdd(sql, VersionsOf, this));
        var question = new Query(sql, parameters);
        if (_answers.TryGetValue(question, out var known) && known.Version == version)
        {
            return (T)known.Answer!;
        }

        var answer = await read(sql, parameters);
        if (_answers.Count >= capacity || GC.GetTotalMemory(forceFullCollection: false) > MostBytes)
        {
            _answers.Clear();
        }

        _answers[question] = (version, answer);
        return answer;
    }

    /// <summary>
    /// The tables of every word of a statement that names one or a view: rather one too many than one too few.
    /// </summary>
    internal static IEnumerable<string> TablesIn(string sql, IReadOnlyDictionary<string, string[]> tables) =>
        Word().Matches(sql)
            .SelectMany(word => tables.GetValueOrDefault(word.Value) ?? []).Distinct(StringComparer.Ordinal);

    private static TableVersions.StrongBox[] VersionsOf(string sql, QueryCache self) =>
        [.. TablesIn(sql, self.Tables).Select(self.VersionOf)];

    private FrozenDictionary<string, string[]> Tables => tables.Value;

    private TableVersions.StrongBox VersionOf(string table) => versions.Of(table);

    private static long Version(TableVersions.StrongBox[] boxes)
    {
        long sum = 0;
        foreach (var box in boxes)
        {
            sum += Volatile.Read(ref box.Value);
        }

        return sum;
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    // Statements are constants, so the same text is the same object; parameters are records or anonymous, equal by
    // value.
    private readonly struct Query(string sql, object parameters) : IEquatable<Query>
    {
        private readonly string _sql = sql;
        private readonly object _parameters = parameters;

        public bool Equals(Query other) => ReferenceEquals(_sql, other._sql) && _parameters.Equals(other._parameters);

        public override bool Equals(object? obj) => obj is Query other && Equals(other);

        public override int GetHashCode() => HashCode.Combine(RuntimeHelpers.GetHashCode(_sql), _parameters);
    }
}
