using Dapper;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Telemetry;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>
/// The events that the writer's open transaction appends, and the last hash of each chain as it has them. They are
/// inserted together, at the latest before the commit, and before any statement that names a table of events: a row
/// takes a third less time so than by a statement of its own. What is rolled back is forgotten, and heads are read
/// again when they are needed.
/// </summary>
internal sealed class SqliteEvents(StatementCachingConnection connection) : IDisposable
{
    private const int MaxChains = 10_000;
    private const int Columns = 15;

    private readonly Dictionary<string, string> _heads = [];
    private readonly List<string> _appended = []; // the chains of the transaction's events
    private readonly List<Waiting> _waiting = []; // the last ones of them
    private readonly (int Rows, string Sql)[] _statements =
        [(16, Sql.InsertSixteen), (4, Sql.InsertFour), (1, Sql.InsertOne)];
    private readonly SqliteStatement?[] _compiled = new SqliteStatement?[3];

    /// <summary>How many the transaction has appended, which <see cref="ForgetAfter"/> goes back to.</summary>
    public int Count => _appended.Count;

    /// <summary>True where a statement that reads events would miss some.</summary>
    public bool AreWaiting => _waiting.Count > 0;

    /// <summary>Appends an event to its chain; its number is its sequence, since numbers are given in order.</summary>
    public void Append(long number, EventRow appended)
    {
        var chain = appended.OrganizationId ?? "";
        var previous = HeadOf(chain);
        var hash = EventChain.Hash(previous, number, appended);
        _heads[chain] = hash;
        _appended.Add(chain);
        _waiting.Add(new(number, appended, previous, hash));
        if (Spans.Source.HasListeners())
        {
            using var span = Spans.StartStatement(Sql.InsertOne, Spans.Sqlite);
            Insert();
        }
    }

    /// <summary>Inserts what waits.</summary>
    public void Insert()
    {
        var next = 0;
        for (var kind = 0; kind < _statements.Length; kind++)
        {
            for (var rows = _statements[kind].Rows; _waiting.Count - next >= rows; next += rows)
            {
                var statement = _compiled[kind] ??= new(connection, _statements[kind].Sql);
                for (var row = 0; row < rows; row++)
                {
                    Bind(statement, row, _waiting[next + row]);
                }

                statement.Step();
                statement.Reset();
            }
        }

        _waiting.Clear();
    }

    /// <summary>What was appended after so many events is undone.</summary>
    public void ForgetAfter(int count)
    {
        for (var i = count; i < _appended.Count; i++)
        {
            _heads.Remove(_appended[i]);
        }

        var undone = _appended.Count - count;
        _appended.RemoveRange(count, undone);
        undone = Math.Min(undone, _waiting.Count);
        _waiting.RemoveRange(_waiting.Count - undone, undone);
    }

    /// <summary>What was appended is committed.</summary>
    public void Saved()
    {
        _appended.Clear();
        if (_heads.Count > MaxChains)
        {
            _heads.Clear();
        }
    }

    /// <summary>Whether it is committed is unknown.</summary>
    public void ForgetAll()
    {
        _appended.Clear();
        _waiting.Clear();
        _heads.Clear();
    }

    public void Dispose() => Array.ForEach(_compiled, statement => statement?.Dispose());

    private string HeadOf(string chain)
    {
        if (!_heads.TryGetValue(chain, out var head))
        {
            var organization = chain.Length == 0 ? null : chain;
            head = connection.ExecuteScalar<string?>(Sql.FindHead, new { Organization = organization })
                ?? EventChain.Start;
        }

        return head;
    }

    // In the order of the columns.
    private static void Bind(SqliteStatement statement, int row, in Waiting waiting)
    {
        var e = waiting.Event;
        var column = row * Columns;
        statement.BindAt(++column, waiting.Number);
        statement.BindAt(++column, e.Id);
        statement.BindAt(++column, waiting.Number);
        statement.BindAt(++column, e.Type);
        statement.BindAt(++column, e.OccurredAt.ToUnixTimeMilliseconds());
        statement.BindAt(++column, e.OrganizationId);
        statement.BindAt(++column, e.WorkspaceId);
        statement.BindAt(++column, e.ActorKind);
        statement.BindAt(++column, e.ActorId);
        statement.BindAt(++column, e.SubjectKind);
        statement.BindAt(++column, e.SubjectId);
        statement.BindAt(++column, e.RequestId);
        statement.BindAt(++column, e.Changes.Text);
        statement.BindAt(++column, waiting.Previous);
        statement.BindAt(++column, waiting.Hash);
    }

    private readonly record struct Waiting(long Number, EventRow Event, string Previous, string Hash);

    private static class Sql
    {
        public const string FindHead = """
            SELECT hash FROM events
            WHERE organization_code IS NOT DISTINCT FROM @Organization
            ORDER BY sequence DESC LIMIT 1
            """;

        public const string InsertOne = $"{Into} {Row}";

        public const string InsertFour = $"{Into} {Rows}";

        public const string InsertSixteen = $"{Into} {Rows}, {Rows}, {Rows}, {Rows}";
    }

    private const string Into = """
        INSERT INTO events (id, code, sequence, type, occurred_at, organization_code, workspace_code,
                            actor_kind, actor_id, subject_kind, subject_id, request_id, changes,
                            previous_hash, hash)
        VALUES
        """;

    private const string Row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private const string Rows = $"{Row}, {Row}, {Row}, {Row}";
}
