using Dapper;
using Microsoft.Data.Sqlite;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>
/// The last hash of each chain of events, as the writer's open transaction has it. Those of what is rolled back are
/// forgotten, and read again when they are needed.
/// </summary>
internal sealed class SqliteEventHeads(SqliteConnection connection)
{
    private const int MaxChains = 10_000;

    private readonly Dictionary<string, string> _heads = [];
    private readonly List<string> _changed = [];

    /// <summary>What <see cref="ForgetAfter"/> goes back to.</summary>
    public int Changes => _changed.Count;

    /// <summary>The last hash of the organization's chain; null is the chain of events of none.</summary>
    public string Of(string? organization)
    {
        if (!_heads.TryGetValue(organization ?? "", out var head))
        {
            head = connection.ExecuteScalar<string?>(Sql.Find, new { Organization = organization }) ?? EventChain.Start;
            _heads[organization ?? ""] = head;
        }

        return head;
    }

    public void Set(string? organization, string head)
    {
        _changed.Add(organization ?? "");
        _heads[organization ?? ""] = head;
    }

    /// <summary>What was appended after so many changes is undone.</summary>
    public void ForgetAfter(int changes)
    {
        for (var i = changes; i < _changed.Count; i++)
        {
            _heads.Remove(_changed[i]);
        }

        _changed.RemoveRange(changes, _changed.Count - changes);
    }

    /// <summary>What was appended is committed.</summary>
    public void Saved()
    {
        _changed.Clear();
        if (_heads.Count > MaxChains)
        {
            _heads.Clear();
        }
    }

    /// <summary>Whether it is committed is unknown.</summary>
    public void ForgetAll()
    {
        _changed.Clear();
        _heads.Clear();
    }

    private static class Sql
    {
        public const string Find = """
            SELECT hash FROM events
            WHERE organization_code IS NOT DISTINCT FROM @Organization
            ORDER BY sequence DESC LIMIT 1
            """;
    }
}
