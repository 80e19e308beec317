using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Database.Caching;

/// <summary>What a process that is its database's only writer remembers of it.</summary>
internal sealed class DatabaseCache
{
    public DatabaseCache(TableVersions versions, RowChangeTracker changes, Func<IEnumerable<string>> tables)
    {
        var names = new Lazy<FrozenSet<string>>(() => tables().ToFrozenSet(StringComparer.OrdinalIgnoreCase), LazyThreadSafetyMode.PublicationOnly);
        Rows = new(most: 20_000, versions, names);
        Lists = new(most: 256, versions, names);
        Scopes = new(changes, most: 20_000, WorkspaceAuthorization.SourcesOf);
    }

    public QueryCache Rows { get; }

    /// <summary>Few, for a list may have a hundred rows.</summary>
    public QueryCache Lists { get; }

    public RowCache<object, WorkspaceAccess> Scopes { get; }
}

/// <summary>
/// Remembers answers that were read, and is never stale: an answer counts only while no table that its statement names has
/// been written since before it was read (see <see cref="TableVersions"/>). Only where this process is the only writer.
/// </summary>
/// <param name="most">How many answers are kept; one more, and all are forgotten, as they are where the process has grown large.</param>
internal sealed partial class QueryCache(int most, TableVersions versions, Lazy<FrozenSet<string>> tables)
{
    // Answers have no size that could be known, and a few thousand workspaces full of settings would take it all.
    private const long MostBytes = 192 * 1024 * 1024;

    private readonly ConcurrentDictionary<Question, (long Version, object? Answer)> _answers = new();
    private readonly ConcurrentDictionary<string, TableVersions.StrongBox[]> _tablesOf = new(ReferenceEqualityComparer.Instance);

    /// <summary>The remembered answer to a statement and its parameters, or what <paramref name="read"/> finds.</summary>
    public async ValueTask<T> GetAsync<T>(string sql, object parameters, Func<string, object, Task<T>> read)
    {
        var version = Version(_tablesOf.GetOrAdd(sql, TablesOf, this));
        var question = new Question(sql, parameters);
        if (_answers.TryGetValue(question, out var known) && known.Version == version)
        {
            return (T)known.Answer!;
        }

        var answer = await read(sql, parameters);
        if (_answers.Count >= most || GC.GetTotalMemory(forceFullCollection: false) > MostBytes)
        {
            _answers.Clear();
        }

        _answers[question] = (version, answer);
        return answer;
    }

    // Every word of the statement that is a table's name: rather one too many than one too few.
    private static TableVersions.StrongBox[] TablesOf(string sql, QueryCache self) =>
        [.. Word().Matches(sql).Select(word => word.Value).Where(self.IsTable).Distinct().Select(self.VersionOf)];

    private static long Version(TableVersions.StrongBox[] boxes)
    {
        long sum = 0;
        foreach (var box in boxes)
        {
            sum += Volatile.Read(ref box.Value);
        }

        return sum;
    }

    private bool IsTable(string word) => tables.Value.Contains(word);

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
}
