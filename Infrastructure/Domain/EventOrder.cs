using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>The lowest and the highest number of the events without a sequence; null for none.</summary>
public sealed record WaitingEvents
{
    public static readonly WaitingEvents None = new();

    public long? First { get; init; }

    public long? Last { get; init; }
}

/// <summary>
/// The order of events where numbers are not allocated in the order of commits: on PostgreSQL. A reader asks
/// <see cref="FindWaitingAsync"/> before it reads; where some are waiting that it may miss, it calls
/// <see cref="AssignAsync"/> and reads again. So whoever sees one sequence sees all lower ones.
/// </summary>
public static class EventOrder
{
    /// <summary>The most events that one call of <see cref="AssignAsync"/> gives their sequence.</summary>
    public const int BatchSize = 5000;

    /// <summary>The committed events without a sequence; none on SQLite.</summary>
    public static async ValueTask<WaitingEvents> FindWaitingAsync(Session session) =>
        session.CommitsInOrder ? WaitingEvents.None : (await session.FindAsync<WaitingEvents>(Sql.FindWaiting))!;

    /// <summary>Gives all events that were committed before the call their sequence and hashes.</summary>
    public static async Task AssignAllAsync(ConnectionFactory db, Caller caller, CancellationToken ct)
    {
        await using (var session = db.Open(caller, ct))
        {
            if ((await FindWaitingAsync(session)).First is null)
            {
                return;
            }
        }

        while (await AssignAsync(db, caller, ct) == BatchSize)
        {
        }
    }

    /// <summary>
    /// Gives committed events their sequence and hashes, at most <see cref="BatchSize"/>; hands back their number.
    /// </summary>
    public static async Task<int> AssignAsync(ConnectionFactory db, Caller caller, CancellationToken ct)
    {
        var outcome = await db.TransactAsync<int>(
            caller,
            async session =>
            {
                if (session.CommitsInOrder)
                {
                    return 0;
                }

                await WriteLocks.EventOrderAsync(session);
                var events = await session.ListAsync<Waiting>(Sql.ListWaitingPostgres, new { BatchSize });
                if (events.Count > 0)
                {
                    var rows = await ChainAsync(session, events);
                    await session.ExecuteLaterAsync(Sql.AssignPostgres, new { Rows = JsonRows.Serialize(rows) });
                }

                return events.Count;
            },
            ct);
        return outcome.Match(count => count, _ => 0);
    }

    private static async Task<List<object>> ChainAsync(Session session, List<Waiting> events)
    {
        var heads = new Dictionary<string, string>();
        var rows = new List<object>(events.Count);
        foreach (var each in events)
        {
            var chain = each.OrganizationId ?? "";
            if (each is { Head: null, HeadSequence: not null } && !heads.ContainsKey(chain))
            {
                heads[chain] = await FillAsync(session, each.OrganizationId, rows);
            }

            var previous = heads.GetValueOrDefault(chain) ?? each.Head ?? EventChain.Start;
            var hash = EventChain.Hash(previous, each.Assigned, each);
            heads[chain] = hash;
            rows.Add(new { id = each.Number, sequence = each.Assigned, previous, hash });
        }

        return rows;
    }

    // An instance of a version without hashes has given the last events of the chain their sequence.
    private static async Task<string> FillAsync(Session session, string? organization, List<object> rows)
    {
        var previous = EventChain.Start;
        foreach (var each in await session.ListAsync<Waiting>(
            organization is null ? Sql.ListUnhashedOfNonePostgres : Sql.ListUnhashedPostgres,
            new { Organization = organization }))
        {
            if (each.Hash is not { } hash)
            {
                hash = EventChain.Hash(previous, each.Sequence!.Value, each);
                rows.Add(new { id = each.Number, sequence = each.Sequence, previous, hash });
            }

            previous = hash;
        }

        return previous;
    }

    private sealed record Waiting : EventRow
    {
        public long Number { get; init; }

        public long Assigned { get; init; }

        /// <summary>The last hash of its chain so far.</summary>
        public string? Head { get; init; }

        /// <summary>The last sequence of its chain so far.</summary>
        public long? HeadSequence { get; init; }
    }

    private static class Sql
    {
        public const string FindWaiting =
            "SELECT MIN(id) AS first, MAX(id) AS last FROM events WHERE sequence IS NULL";

        // In the order in which transactions began to write, and of the statements of each: what began after another
        // had committed comes after it. Ids do not tell, since instances take them in blocks. With the last hash of
        // each chain.
        public const string ListWaitingPostgres = $"""
            WITH waiting AS MATERIALIZED (
                SELECT e.id, e.organization_code, age(e.xmin) AS age,
                       CAST(CAST(e.cmin AS TEXT) AS BIGINT) AS statement
                FROM events e
                WHERE e.sequence IS NULL
                ORDER BY age(e.xmin) DESC, CAST(CAST(e.cmin AS TEXT) AS BIGINT), e.id
                LIMIT @BatchSize),
            numbered AS (
                SELECT id, (SELECT COALESCE(MAX(sequence), 0) FROM events)
                       + ROW_NUMBER() OVER (ORDER BY age DESC, statement, id) AS sequence
                FROM waiting),
            heads AS (
                SELECT chains.chain, head.hash, head.sequence
                FROM (SELECT DISTINCT organization_code AS chain FROM waiting) chains
                CROSS JOIN LATERAL (
                    SELECT h.hash, h.sequence FROM events h
                    WHERE h.organization_code = chains.chain AND h.sequence IS NOT NULL
                    ORDER BY h.sequence DESC LIMIT 1) head
                UNION ALL
                (SELECT '', h.hash, h.sequence FROM events h
                 WHERE h.organization_code IS NULL AND h.sequence IS NOT NULL
                 ORDER BY h.sequence DESC LIMIT 1))
            SELECT e.id AS number, heads.hash AS head, heads.sequence AS head_sequence,
                   numbered.sequence AS assigned, {EventRow.Columns}
            FROM numbered
            JOIN events e ON e.id = numbered.id
            LEFT JOIN heads ON heads.chain = COALESCE(e.organization_code, '')
            ORDER BY numbered.sequence
            """;

        // From the last one with a hash on.
        public const string ListUnhashedPostgres = $"""
            SELECT e.id AS number, {EventRow.Columns}
            FROM events e
            WHERE e.organization_code = @Organization AND e.sequence >= COALESCE((
                SELECT h.sequence FROM events h
                WHERE h.organization_code = @Organization AND h.sequence IS NOT NULL AND h.hash IS NOT NULL
                ORDER BY h.sequence DESC LIMIT 1), 0)
            ORDER BY e.sequence
            """;

        public const string ListUnhashedOfNonePostgres = $"""
            SELECT e.id AS number, {EventRow.Columns}
            FROM events e
            WHERE e.organization_code IS NULL AND e.sequence >= COALESCE((
                SELECT h.sequence FROM events h
                WHERE h.organization_code IS NULL AND h.sequence IS NOT NULL AND h.hash IS NOT NULL
                ORDER BY h.sequence DESC LIMIT 1), 0)
            ORDER BY e.sequence
            """;

        public const string AssignPostgres = """
            UPDATE events
            SET sequence = CAST(r.value ->> 'sequence' AS BIGINT), previous_hash = r.value ->> 'previous',
                hash = r.value ->> 'hash'
            FROM json_each(@Rows) r
            WHERE events.id = CAST(r.value ->> 'id' AS BIGINT)
            """;
    }
}
