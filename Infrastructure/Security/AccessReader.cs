using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Reads how people stand to workspaces. On SQLite the facts are remembered, exactly: a change counts with the next
/// question (see <see cref="Database.Caching.RowChangeTracker"/>), inside a transaction too. On PostgreSQL, where other
/// instances write too, they are read each time.
/// </summary>
public static class AccessReader
{
    private const string Columns = """
        w.id, w.code, w.status, w.type, w.version, o.id AS organization_id, o.code AS organization_code,
        o.owner_id AS organization_owner_id, o.status AS organization_status, o.workspace_role_ceiling,
        u.id AS user_id, u.status AS user_status, om.role AS organization_role,
        m.role AS workspace_role
        """;

    private const string Joins = """
        JOIN organizations o ON o.id = w.organization_id
        LEFT JOIN organization_members om ON om.organization_id = o.id AND om.user_id = u.id
        LEFT JOIN members m ON m.workspace_id = w.id AND m.user_id = u.id
        """;

    private static readonly Need AskForOthers = Need.Inspect(Permissions.Read);

    /// <summary>
    /// How a person stands to a workspace, if the caller may ask: whoever sees the workspace about itself, its admins
    /// and keys with <c>read</c> about everyone. Someone outside the organization is only ever no member.
    /// </summary>
    public static async ValueTask<Outcome<EffectiveAccess>> AskAsync(Session session, AccessKey asked)
    {
        var facts = await FindAsync(session, asked);
        var own = KeyOf(session.Caller, asked);
        return Answer(session, asked, facts, own == asked ? facts : await FindAsync(session, own));
    }

    /// <summary>The same for many at once, in their order; refused as a whole where one of them is.</summary>
    public static async ValueTask<Outcome<IReadOnlyList<EffectiveAccess>>> AskAsync(
        Session session, IReadOnlyList<AccessKey> asked)
    {
        var facts = await FindAsync(session, asked.Concat(asked.Select(key => KeyOf(session.Caller, key))));
        var answers = new EffectiveAccess[asked.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            var own = facts[KeyOf(session.Caller, asked[i])];
            if (!Answer(session, asked[i], facts[asked[i]], own).Succeeded(out answers[i], out var fault))
            {
                return fault;
            }
        }

        return answers;
    }

    /// <summary>The facts about one person in one workspace; null where there is no such workspace.</summary>
    public static ValueTask<AccessFacts?> FindAsync(Session session, AccessKey key) =>
        session.AccessFacts?.Find(key, session.InTransaction) is { } known ? new(known)
        : IsCode(key) ? ReadAsync(session, key)
        : new((AccessFacts?)null);

    private static async ValueTask<AccessFacts?> ReadAsync(Session session, AccessKey key)
    {
        var commit = session.AccessFacts?.Commit ?? 0;
        var facts = await session.FindAsync<AccessFacts>(Sql.Find, key);
        Remember(session, key, facts, commit);
        return facts;
    }

    private static async Task<Dictionary<AccessKey, AccessFacts?>> FindAsync(
        Session session, IEnumerable<AccessKey> keys)
    {
        var found = new Dictionary<AccessKey, AccessFacts?>();
        foreach (var key in keys)
        {
            found[key] = session.AccessFacts?.Find(key, session.InTransaction);
        }

        AccessKey[] missing = [.. found.Where(f => f.Value is null && IsCode(f.Key)).Select(f => f.Key)];
        if (missing.Length == 0)
        {
            return found;
        }

        var commit = session.AccessFacts?.Commit ?? 0;
        var rows = JsonRows.Serialize(missing.Select(key => new { workspace = key.Workspace, user = key.User }));
        foreach (var row in await session.ListAsync<Row>(Sql.List, new { Rows = rows }))
        {
            var key = missing[row.Place];
            found[key] = row;
            Remember(session, key, row, commit);
        }

        return found;
    }

    // Whose facts decide whether the caller may ask: its user's. For a key that stands for no user
    // the workspace is enough, which every person's facts have.
    private static AccessKey KeyOf(Caller caller, AccessKey asked) =>
        caller.UserCode is { } user ? asked with { User = user } : asked;

    private static Outcome<EffectiveAccess> Answer(
        Session session, AccessKey asked, AccessFacts? facts, AccessFacts? own)
    {
        if (facts is null || own is null)
        {
            return Faults.NotFound;
        }

        var caller = session.Caller;
        var need = asked.User == caller.UserCode ? Need.Read : AskForOthers;
        if (!WorkspaceAuthorization.Evaluate(caller, own, need).Succeeded(out _, out var fault))
        {
            return fault;
        }

        var stranger = facts.OrganizationRole is null && !caller.IsRoot;
        return EffectiveAccess.Of(stranger ? facts with { UserStatus = null } : facts);
    }

    private static bool IsCode(AccessKey key) =>
        Codes.Is(Codes.Workspace, key.Workspace) && (key.User.Length == 0 || Codes.Is(Codes.User, key.User));

    // A person or workspace that is not there may come to be, and no change of a row tells, so that is read each time.
    private static void Remember(Session session, AccessKey key, AccessFacts? facts, long commit)
    {
        if (facts is not null && (facts.UserId is not null || key.User.Length == 0))
        {
            session.AccessFacts?.Add(key, facts, commit, session.InTransaction);
        }
    }

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
