using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Reads the access facts of users in workspaces. They are cached, on SQLite inside a transaction too; on PostgreSQL
/// transactions read them from the database (see <see cref="Database.Caching.RowChangeTracker"/>).
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

    private static readonly Need CheckingOthers = Need.Inspect(Permissions.Read);

    /// <summary>
    /// The effective access of a user to a workspace, if the caller may check it: a caller that sees the workspace for
    /// its own user, the workspace's admins and keys with <c>read</c> for every user. A user outside the organization
    /// is <c>not_a_member</c>, even if deactivated.
    /// </summary>
    public static async ValueTask<Outcome<EffectiveAccess>> CheckAsync(Session session, AccessKey asked)
    {
        await WriteLocks.SharedServiceAsync(session);
        var facts = await FindAsync(session, asked);
        var own = KeyOf(session.Caller, asked);
        return Evaluate(session, asked, facts, own == asked ? facts : await FindAsync(session, own));
    }

    /// <summary>The same for many pairs, in their order; one fault fails all of them.</summary>
    public static async ValueTask<Outcome<IReadOnlyList<EffectiveAccess>>> CheckAsync(
        Session session, IReadOnlyList<AccessKey> asked)
    {
        await WriteLocks.SharedServiceAsync(session);
        var facts = await FindAsync(session, asked.Concat(asked.Select(key => KeyOf(session.Caller, key))));
        var answers = new EffectiveAccess[asked.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            var own = facts[KeyOf(session.Caller, asked[i])];
            if (!Evaluate(session, asked[i], facts[asked[i]], own).Succeeded(out answers[i], out var fault))
            {
                return fault;
            }
        }

        return answers;
    }

    /// <summary>The facts of one user in one workspace; null where the workspace does not exist.</summary>
    public static ValueTask<AccessFacts?> FindAsync(Session session, AccessKey key) =>
        session.AccessFacts?.Find(key, session.InTransaction) is { } known ? new(known)
        : IsCode(key) ? ReadAsync(session, key)
        : new((AccessFacts?)null);

    private static async ValueTask<AccessFacts?> ReadAsync(Session session, AccessKey key)
    {
        var commit = session.AccessFacts?.Commit ?? 0;
        var facts = await session.FindAsync<AccessFacts>(Sql.Find, key);
        Cache(session, key, facts, commit);
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
            Cache(session, key, row, commit);
        }

        return found;
    }

    // The facts that decide whether the caller may check: those of its user. For a key without a user only the
    // workspace matters, so the facts of the checked user are used.
    private static AccessKey KeyOf(Caller caller, AccessKey asked) =>
        caller.UserCode is { } user ? asked with { User = user } : asked;

    private static Outcome<EffectiveAccess> Evaluate(
        Session session, AccessKey asked, AccessFacts? facts, AccessFacts? own)
    {
        // The key without a user stands for callers that are none; it is nobody to be checked.
        if (facts is null || own is null || asked.User.Length == 0)
        {
            return Faults.NotFound;
        }

        var caller = session.Caller;
        var need = asked.User == caller.UserCode ? Need.Read : CheckingOthers;
        if (!WorkspaceAuthorization.Evaluate(caller, own, need).Succeeded(out _, out var fault))
        {
            return fault;
        }

        var isOutsider = facts.OrganizationRole is null && !caller.IsRoot;
        return EffectiveAccess.Of(isOutsider ? facts with { UserStatus = null } : facts);
    }

    private static bool IsCode(AccessKey key) =>
        Codes.Is(Codes.Workspace, key.Workspace) && (key.User.Length == 0 || Codes.Is(Codes.User, key.User));

    // Missing users and workspaces are not cached: their insertion changes none of the entry's rows.
    private static void Cache(Session session, AccessKey key, AccessFacts? facts, long commit)
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
