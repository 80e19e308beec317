using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace WorkspaceService.Infrastructure.Database;

/// <summary>
/// Remembers rows that were read, and is never stale: a row counts only while no table that its statement names has been
/// written since before it was read (see <see cref="TableVersions"/>). Only where this process is the only writer.
/// </summary>
internal sealed partial class Recollection(TableVersions versions, Func<IEnumerable<string>> tables)
{
    private const int MostRows = 20_000;

    private readonly ConcurrentDictionary<Question, (long Version, object? Row)> _rows = new();
    private readonly ConcurrentDictionary<string, TableVersions.StrongBox[]> _tablesOf = new(ByReference.Instance);
    private readonly Lazy<FrozenSet<string>> _tables = new(() => tables().ToFrozenSet(StringComparer.OrdinalIgnoreCase));

    /// <summary>The remembered row for a statement and its parameters, or what <paramref name="read"/> finds.</summary>
    public async ValueTask<T?> GetAsync<T>(string sql, object parameters, Func<string, object, Task<T?>> read) where T : class
    {
        var version = Version(_tablesOf.GetOrAdd(sql, TablesOf, this));
        var question = new Question(sql, parameters);
        if (_rows.TryGetValue(question, out var known) && known.Version == version)
        {
            return (T?)known.Row;
        }

        var row = await read(sql, parameters);
        if (_rows.Count >= MostRows)
        {
            _rows.Clear();
        }

        _rows[question] = (version, row);
        return row;
    }

    // Every word of the statement that is a table's name: rather one too many than one too few.
    private static TableVersions.StrongBox[] TablesOf(string sql, Recollection self) =>
        [.. Word().Matches(sql).Select(word => word.Value).Where(self._tables.Value.Contains).Distinct().Select(self.VersionOf)];

    private static long Version(TableVersions.StrongBox[] boxes)
    {
        long sum = 0;
        foreach (var box in boxes)
        {
            sum += Volatile.Read(ref box.Value);
        }

        return sum;
    }

    private TableVersions.StrongBox VersionOf(string table) => versions.Of(table);

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    // Statements are constants, so the same text is the same object; parameters are records or anonymous, equal by value.
    private readonly struct Question(string sql, object parameters) : IEquatable<Question>
    {
        private readonly string _sql = sql;
        private readonly object _parameters = parameters;

        public bool Equals(Question other) => ReferenceEquals(_sql, other._sql) && _parameters.Equals(other._parameters);

        public override bool Equals(object? obj) => obj is Question other && Equals(other);

        public override int GetHashCode() => HashCode.Combine(RuntimeHelpers.GetHashCode(_sql), _parameters);
    }

    private sealed class ByReference : IEqualityComparer<string>
    {
        public static readonly ByReference Instance = new();

        public bool Equals(string? x, string? y) => ReferenceEquals(x, y);

        public int GetHashCode(string obj) => RuntimeHelpers.GetHashCode(obj);
    }
}
