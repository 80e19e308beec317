using Dapper;
using Microsoft.Data.Sqlite;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>
/// The last number of each prefix. There is one writer, so it counts in memory, and every commit writes the counts that
/// have changed: a number is in the file before it is shown. What is rolled back leaves a gap; a restart leaves none.
/// </summary>
internal sealed class SqliteNumbers(SqliteConnection connection)
{
    private readonly Dictionary<string, Counter> _counters = [];

    public long Take(string prefix) => ++Of(prefix).Last;

    public IEnumerable<long> TakeMany(string prefix, int count)
    {
        var counter = Of(prefix);
        var first = counter.Last + 1;
        counter.Last += count;
        return Enumerable.Range(0, count).Select(n => first + n);
    }

    public void ContinueAfter(string prefix, long last)
    {
        var counter = Of(prefix);
        counter.Last = Math.Max(counter.Last, last);
    }

    /// <summary>Writes what has changed since <see cref="Saved"/>, in the open transaction.</summary>
    public void Save()
    {
        foreach (var (prefix, counter) in _counters)
        {
            if (counter.Last != counter.Saved)
            {
                connection.Execute(Sql.Save, new { Prefix = prefix, counter.Last });
            }
        }
    }

    /// <summary>What <see cref="Save"/> wrote is committed.</summary>
    public void Saved()
    {
        foreach (var counter in _counters.Values)
        {
            counter.Saved = counter.Last;
        }
    }

    private Counter Of(string prefix)
    {
        if (!_counters.TryGetValue(prefix, out var counter))
        {
            var last = connection.ExecuteScalar<long>(Sql.Find, new { Prefix = prefix });
            _counters[prefix] = counter = new Counter { Last = last, Saved = last };
        }

        return counter;
    }

    private sealed class Counter
    {
        public long Last { get; set; }

        public long Saved { get; set; }
    }

    private static class Sql
    {
        public const string Find = "SELECT last FROM numbers WHERE prefix = @Prefix";

        public const string Save = """
            INSERT INTO numbers (prefix, last) VALUES (@Prefix, @Last)
            ON CONFLICT (prefix) DO UPDATE SET last = @Last
            """;
    }
}
