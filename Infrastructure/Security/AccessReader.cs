using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>A person and a workspace, by their codes.</summary>
public readonly record struct Pair(string Workspace, string User);

/// <summary>
/// Reads what decides how people stand to workspaces. On SQLite what was read is remembered, exactly: a change counts with
/// the next question (see <see cref="RowChangeTracker"/>). On PostgreSQL, where other instances write too, it is read each time.
/// </summary>
public sealed class AccessReader(ConnectionFactory db, TimeProvider clock)
{
    private const string Columns = """
        w.id AS workspace_id, w.status AS workspace_status, w.type, o.id AS organization_id, o.status AS organization_status,
        o.subscription_status, o.trial_ends_at, o.workspace_role_ceiling, u.id AS user_id, u.status AS user_status,
        om.role AS organization_role, m.role AS workspace_role
        """;

    private const string Joins = """
        JOIN organizations o ON o.id = w.organization_id
        LEFT JOIN organization_members om ON om.organization_id = o.id AND om.user_id = u.id
        LEFT JOIN members m ON m.workspace_id = w.id AND m.user_id = u.id
        """;

    private static readonly Need AskForOthers = Need.Inspect(Permissions.Read);

    private readonly RowCache<Pair, AccessFacts>? _memory = db.Rows is { } changes ? new(changes, most: 50_000, SourcesOf) : null;

    /// <summary>
    /// How a person stands to a workspace, if <paramref name="caller"/> may ask: whoever sees the workspace about itself,
    /// its admins and keys with <c>read</c> about everyone. Someone outside the organization is only ever no member.
    /// </summary>
    public async ValueTask<Outcome<EffectiveAccess>> AskAsync(Caller caller, Pair pair, CancellationToken ct)
    {
        var facts = await FindAsync(pair, ct);
        var own = PairOf(caller, pair) is { } mine && mine != pair ? await FindAsync(mine, ct) : facts;
        return Answer(caller, pair, facts, own);
    }

    /// <summary>The same for many at once, in their order; refused as a whole where one of them is.</summary>
    public async ValueTask<Outcome<IReadOnlyList<EffectiveAccess>>> AskAsync(Caller caller, IReadOnlyList<Pair> pairs, CancellationToken ct)
    {
        var asked = new List<Pair>(pairs);
        asked.AddRange(pairs.Select(pair => PairOf(caller, pair)).OfType<Pair>().Except(pairs));
        var facts = await FindAsync(asked, ct);

        var standings = new EffectiveAccess[pairs.Count];
        for (var i = 0; i < standings.Length; i++)
        {
            var own = PairOf(caller, pairs[i]) ?? pairs[i];
            if (!Answer(caller, pairs[i], facts[pairs[i]], facts[own]).Succeeded(out standings[i], out var fault))
            {
                return fault;
            }
        }

        return standings;
    }

    // What the caller's own standing depends on; a key that stands for no user needs only the workspace to be judged.
    private static Pair? PairOf(Caller caller, Pair pair) => caller.UserCode is { } user ? pair with { User = user } : null;

    private Outcome<EffectiveAccess> Answer(Caller caller, Pair pair, AccessFacts? facts, AccessFacts? own)
    {
        if (facts is null || own is null)
        {
            return Faults.NotFound;
        }

        if (!WorkspaceAuthorization.Evaluate(caller, ScopeOf(own), pair.User == caller.UserCode ? Need.Read : AskForOthers).Succeeded(out _, out var fault))
        {
            return fault;
        }

        var stranger = facts.OrganizationRole is null && !caller.IsRoot;
        return EffectiveAccess.Of(stranger ? facts with { UserStatus = null } : facts, clock.GetUtcNow());
    }

    private static WorkspaceAccess ScopeOf(AccessFacts facts) => new()
    {
        Id = facts.WorkspaceId,
        OrganizationId = facts.OrganizationId,
        OrganizationStatus = facts.OrganizationStatus,
        WorkspaceRoleCeiling = facts.WorkspaceRoleCeiling,
        Type = facts.Type,
        Status = facts.WorkspaceStatus,
        OrganizationRole = facts.OrganizationRole,
        WorkspaceRole = facts.WorkspaceRole,
    };

    private ValueTask<AccessFacts?> FindAsync(Pair pair, CancellationToken ct) =>
        _memory?.Recall(pair) is { } known ? ValueTask.FromResult<AccessFacts?>(known) : ReadAsync(pair, ct);

    private async Task<Dictionary<Pair, AccessFacts?>> FindAsync(IEnumerable<Pair> pairs, CancellationToken ct)
    {
        var found = new Dictionary<Pair, AccessFacts?>();
        foreach (var pair in pairs)
        {
            found[pair] = _memory?.Recall(pair);
        }

        Pair[] missing = [.. found.Where(f => f.Value is null && IsCode(f.Key)).Select(f => f.Key)];
        if (missing.Length == 0)
        {
            return found;
        }

        var commit = _memory?.Commit ?? 0;
        var rows = JsonRows.Serialize(missing.Select(pair => new { workspace = pair.Workspace, user = pair.User }));
        await using var session = await db.OpenAsync(ct);
        foreach (var row in await session.ListAsync<Row>(Sql.List, new { Rows = rows }))
        {
            var pair = missing[row.Place];
            found[pair] = row;
            Remember(pair, row, commit);
        }

        return found;
    }

    private async ValueTask<AccessFacts?> ReadAsync(Pair pair, CancellationToken ct)
    {
        if (!IsCode(pair))
        {
            return null;
        }

        var commit = _memory?.Commit ?? 0;
        await using var session = await db.OpenAsync(ct);
        var facts = await session.FindAsync<AccessFacts>(Sql.Find, pair);
        Remember(pair, facts, commit);
        return facts;
    }

    private static bool IsCode(Pair pair) =>
        Codes.Is(Codes.Workspace, pair.Workspace) && Codes.Is(Codes.User, pair.User);

    // A person or workspace that is not there may come to be, and no change of a row tells, so that is asked each time.
    private void Remember(Pair pair, AccessFacts? facts, long commit)
    {
        if (facts?.UserId is not null)
        {
            _memory?.Remember(pair, facts, commit);
        }
    }

    private static int[] SourcesOf(AccessFacts facts) =>
    [
        RowChangeTracker.SlotOf(RowChangeTracker.Users, facts.UserId!.Value),
        RowChangeTracker.SlotOf(RowChangeTracker.Organizations, facts.OrganizationId),
        RowChangeTracker.SlotOf(RowChangeTracker.Workspaces, facts.WorkspaceId),
        RowChangeTracker.SlotOf(RowChangeTracker.OrganizationMembers, facts.OrganizationId, facts.UserId.Value),
        RowChangeTracker.SlotOf(RowChangeTracker.Members, facts.WorkspaceId, facts.UserId.Value),
    ];

    private sealed record Row : AccessFacts
    {
        public long Place { get; init; }
    }

    private static class Sql
    {
        // No row: no such workspace.
        public const string Find = $"""
            SELECT {Columns}
            FROM workspaces w LEFT JOIN users u ON u.code = @User
            {Joins}
            WHERE w.code = @Workspace
            """;

        // No row for a pair: no such workspace.
        public const string List = $"""
            SELECT CAST(asked.key AS BIGINT) AS place, {Columns}
            FROM json_each(@Rows) asked
            JOIN workspaces w ON w.code = asked.value ->> 'workspace'
            LEFT JOIN users u ON u.code = asked.value ->> 'user'
            {Joins}
            """;
    }
}
