using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>What is asked for of an organization's audit log; null for all.</summary>
/// <param name="Action">The type of an event, or the id of an operation that was refused.</param>
/// <param name="From">Entries of this moment are in.</param>
/// <param name="To">Entries of this moment are out.</param>
public sealed record AuditFilter(
    string Organization,
    string? Workspace = null,
    string? ActorId = null,
    string? ActorType = null,
    string? Action = null,
    string? Outcome = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null);

/// <summary>An entry of the audit log: an event, or a refusal, whose type is the operation's id.</summary>
public sealed record AuditEntry : EventRow
{
    /// <summary>The fault's code; null for an event.</summary>
    public string? Fault { get; init; }

    /// <summary>The number of a refusal; 0 for an event.</summary>
    public long Number { get; init; }

    public bool IsRefusal => Number != 0;

    /// <summary>The entry of an event.</summary>
    public static AuditEntry Of(EventRow happened) => new(happened);

    private AuditEntry(EventRow happened)
        : base(happened)
    {
    }

    public AuditEntry()
    {
    }
}

/// <summary>Where a reader of the audit log stands: at an event and at a refusal, both of which it has seen.</summary>
public readonly record struct AuditPosition(long Sequence, long RefusedAt, long Refusal)
{
    public static readonly AuditPosition First = new(0, 0, 0);

    public static readonly AuditPosition Last = new(long.MaxValue, long.MaxValue, long.MaxValue);

    public AuditPosition Behind(AuditEntry entry) => entry.IsRefusal
        ? this with { RefusedAt = entry.OccurredAt.ToUnixTimeMilliseconds(), Refusal = entry.Number }
        : this with { Sequence = entry.Sequence!.Value };
}

/// <summary>
/// The sequences between which the events lie, and the time before which the refusals do; all are out.
/// </summary>
public readonly record struct AuditBounds(long After, long Before, DateTimeOffset RefusedBefore)
{
    public static readonly AuditBounds None = new(0, long.MaxValue, DateTimeOffset.MaxValue);
}

/// <summary>
/// The audit log of an organization: its events in the order of their sequences, and its refusals in the order of time,
/// merged by time. A page reads at most its length of each, whatever was written.
/// </summary>
public static class AuditLog
{
    public const string Success = "success";
    public const string Denied = "denied";

    // A bound costs no more than this, where an index serves the filter without it.
    private const long MostForBounds = 10_000;

    private const int MostOfRequest = 50;

    public static readonly string[] Outcomes = [Success, Denied];

    public static readonly string[] ActorTypes = ["root", "user", "api_key", "system"];

    /// <summary>True where the organization has, or had, a workspace with this code.</summary>
    public static async Task<bool> HasWorkspaceAsync(Session session, string organization, string workspace) =>
        Codes.Is(Codes.Workspace, workspace) && await session.ScalarAsync<long?>(
            Sql.FindWorkspace, new { Organization = organization, Workspace = workspace }) is not null;

    /// <summary>The events that a filter by time leaves, so that no page reads beyond them.</summary>
    public static async Task<AuditBounds> FindBoundsAsync(Session session, AuditFilter filter)
    {
        if (filter is { From: null, To: null } || filter.Outcome == Denied)
        {
            return AuditBounds.None;
        }

        var most = filter is { Action: null, ActorId: null } ? long.MaxValue - 1 : MostForBounds;
        var range = (await session.FindAsync<Range>(
            filter.Workspace is null ? Sql.FindBoundsOfOrganization : Sql.FindBoundsOfWorkspace,
            new
            {
                filter.Organization,
                filter.Workspace,
                From = filter.From ?? DateTimeOffset.UnixEpoch,
                To = filter.To ?? DateTimeOffset.MaxValue,
                Take = most + 1,
            }))!;
        return range.Count > most
            ? AuditBounds.None
            : AuditBounds.None with { After = (range.First ?? 1) - 1, Before = (range.Last ?? 0) + 1 };
    }

    /// <summary>The sequence of the organization's last event; 0 for none.</summary>
    public static async Task<long> FindLastAsync(Session session, string organization) =>
        await session.ScalarAsync<long?>(Sql.FindLast, new { Organization = organization }) ?? 0;

    /// <summary>At most <paramref name="take"/> entries behind a position, the oldest or the newest first.</summary>
    public static async Task<List<AuditEntry>> ListAsync(
        Session session, AuditFilter filter, AuditBounds bounds, AuditPosition behind, bool newestFirst, int take)
    {
        var events = filter.Outcome == Denied ? [] : await session.ListAsync<AuditEntry>(
            EventsOf(filter, newestFirst),
            new
            {
                filter.Organization,
                filter.Workspace,
                filter.ActorId,
                filter.ActorType,
                filter.Action,
                filter.From,
                filter.To,
                After = newestFirst ? bounds.After : Math.Max(bounds.After, behind.Sequence),
                Before = newestFirst ? Math.Min(bounds.Before, behind.Sequence) : bounds.Before,
                Take = take,
            });
        var refusals = filter.Outcome == Success ? [] : await ListRefusalsAsync(
            session, filter, bounds.RefusedBefore, behind, newestFirst, take);
        return Merge(events, refusals, newestFirst, take);
    }

    /// <summary>
    /// The entries of one request, the newest first: looked for among the newest events and the newest refusals, so
    /// many of each, of an organization, or of all where that is null.
    /// </summary>
    public static async Task<List<AuditEntry>> FindRequestAsync(
        Session session, string? organization, string request, int among)
    {
        var asked = new { Organization = organization, Request = request, Among = among, Take = MostOfRequest };
        var ofAll = organization is null;
        var events = await session.ListAsync<AuditEntry>(
            ofAll ? Sql.FindRequest : Sql.FindRequestOfOrganization, asked);
        var refusals = await session.ListAsync<AuditEntry>(
            ofAll ? Sql.FindRefusedRequest : Sql.FindRefusedRequestOfOrganization, asked);
        return Merge(events, refusals.ConvertAll(WithId), newestFirst: true, MostOfRequest);
    }

    /// <summary>The refusal with this number; null for none.</summary>
    public static async Task<AuditEntry?> FindRefusalAsync(Session session, long number) =>
        await session.FindAsync<AuditEntry>(Sql.FindRefusal, new { Number = number }) is { } row ? WithId(row) : null;

    private static async Task<List<AuditEntry>> ListRefusalsAsync(
        Session session,
        AuditFilter filter,
        DateTimeOffset before,
        AuditPosition behind,
        bool newestFirst,
        int take)
    {
        var from = filter.From?.ToUnixTimeMilliseconds() ?? 0;
        var to = (filter.To < before ? filter.To.Value : before).ToUnixTimeMilliseconds();

        // One side of the time is where the page begins, so that an index is entered there.
        var (at, number) = (behind.RefusedAt, behind.Refusal);
        if (newestFirst ? at >= to : at < from)
        {
            (at, number) = newestFirst ? (to, 0) : (from, 0);
        }

        var rows = await session.ListAsync<AuditEntry>(
            RefusalsOf(filter, newestFirst),
            new
            {
                filter.Organization,
                filter.Workspace,
                filter.ActorId,
                filter.ActorType,
                filter.Action,
                At = at,
                Number = number,
                From = from,
                To = to,
                Take = take,
            });
        return rows.ConvertAll(WithId);
    }

    private static AuditEntry WithId(AuditEntry refusal) => refusal with
    {
        Id = Codes.Format(Codes.Refusal, refusal.OccurredAt.Year % 100, refusal.Number),
    };

    // Each side keeps its own order, also where events are not quite in the order of time: their chain is in sequence.
    private static List<AuditEntry> Merge(
        List<AuditEntry> events, List<AuditEntry> refusals, bool newestFirst, int take)
    {
        var merged = new List<AuditEntry>(Math.Min(take, events.Count + refusals.Count));
        for (var (e, r) = (0, 0); merged.Count < take && e + r < events.Count + refusals.Count;)
        {
            var isEvent = r == refusals.Count || (e < events.Count && (newestFirst
                ? events[e].OccurredAt > refusals[r].OccurredAt
                : events[e].OccurredAt <= refusals[r].OccurredAt));
            merged.Add(isEvent ? events[e++] : refusals[r++]);
        }

        return merged;
    }

    private static string EventsOf(AuditFilter filter, bool newestFirst) => filter switch
    {
        { Workspace: not null, ActorId: not null } => newestFirst ? Sql.NewestOfWorkspaceActor : Sql.OfWorkspaceActor,
        { Workspace: not null, Action: not null } => newestFirst ? Sql.NewestOfWorkspaceType : Sql.OfWorkspaceType,
        { Workspace: not null } => newestFirst ? Sql.NewestOfWorkspace : Sql.OfWorkspace,
        { ActorId: not null } => newestFirst ? Sql.NewestOfActor : Sql.OfActor,
        { Action: not null } => newestFirst ? Sql.NewestOfType : Sql.OfType,
        _ => newestFirst ? Sql.NewestOfOrganization : Sql.OfOrganization,
    };

    private static string RefusalsOf(AuditFilter filter, bool newestFirst) => filter switch
    {
        { ActorId: not null } => newestFirst ? Sql.NewestRefusedOfActor : Sql.RefusedOfActor,
        { Action: not null } => newestFirst ? Sql.NewestRefusedOfAction : Sql.RefusedOfAction,
        { Workspace: not null } => newestFirst ? Sql.NewestRefusedOfWorkspace : Sql.RefusedOfWorkspace,
        _ => newestFirst ? Sql.NewestRefused : Sql.Refused,
    };

    /// <summary>The lowest and the highest sequence of the events of a time, null for none; their number.</summary>
    private sealed record Range
    {
        public long Count { get; init; }

        public long? First { get; init; }

        public long? Last { get; init; }
    }

    private const string Events = $"{EventRow.Columns} FROM events e WHERE";

    private const string InOrganization = "e.organization_code = @Organization";

    // A workspace is of one organization for good, so that its code alone is enough.
    private const string InWorkspace = "e.workspace_code = @Workspace";

    private const string OfTheActor = "e.actor_id = @ActorId AND (e.type = @Action OR @Action IS NULL)";

    private const string OfTheType = "e.type = @Action";

    private const string Rest = """
        AND (e.actor_kind = @ActorType OR @ActorType IS NULL)
              AND (e.occurred_at >= @From OR @From IS NULL)
              AND (e.occurred_at < @To OR @To IS NULL)
        """;

    private const string Between = $"e.sequence > @After AND e.sequence < @Before {Rest}";

    private const string InOrder = "ORDER BY e.sequence LIMIT @Take";

    private const string NewestFirst = "ORDER BY e.sequence DESC LIMIT @Take";

    private const string Ascending = $"{Between} {InOrder}";

    private const string Descending = $"{Between} {NewestFirst}";

    // With an indexed filter a range that is open at one side keeps SQLite at the index of the filter: the plus signs.
    private const string FilteredAscending = $"e.sequence > @After AND +e.sequence < @Before {Rest} {InOrder}";

    private const string FilteredDescending = $"+e.sequence > @After AND e.sequence < @Before {Rest} {NewestFirst}";

    private const string Bounds = """
        COUNT(*) AS count, MIN(sequence) AS first, MAX(sequence) AS last
        FROM (SELECT e.sequence FROM events e WHERE
        """;

    private const string InTime = "e.occurred_at >= @From AND e.occurred_at < @To";

    private const string RefusalColumns = """
        r.id AS number, r.action AS type, r.fault, r.occurred_at, r.organization_code AS organization_id,
        r.workspace_code AS workspace_id, r.actor_kind, r.actor_id, r.subject_kind, r.subject_id, r.request_id,
        r.changes
        """;

    private const string RefusedOnes = $"""
        {RefusalColumns}
        FROM refusals r
        WHERE (r.actor_kind = @ActorType OR @ActorType IS NULL) AND
        """;

    private const string RefusedIn = "r.organization_code = @Organization";

    private const string RefusedInWorkspace = "r.workspace_code = @Workspace";

    private const string RefusedTheActor = $"""
        {RefusedIn} AND r.actor_id = @ActorId AND (r.action = @Action OR @Action IS NULL)
            AND (r.workspace_code = @Workspace OR @Workspace IS NULL)
        """;

    private const string RefusedTheAction = $"""
        {RefusedIn} AND r.action = @Action AND (r.workspace_code = @Workspace OR @Workspace IS NULL)
        """;

    private const string RefusedBehind = "(r.occurred_at, r.id) > (@At, @Number)";

    private const string RefusedBefore = "(r.occurred_at, r.id) < (@At, @Number)";

    private const string RefusedInOrder = "ORDER BY r.occurred_at, r.id LIMIT @Take";

    private const string RefusedNewestFirst = "ORDER BY r.occurred_at DESC, r.id DESC LIMIT @Take";

    private const string RefusedAscending = $"{RefusedBehind} AND r.occurred_at < @To {RefusedInOrder}";

    private const string RefusedDescending = $"{RefusedBefore} AND r.occurred_at >= @From {RefusedNewestFirst}";

    private const string FilteredRefusedAscending = $"{RefusedBehind} AND +r.occurred_at < @To {RefusedInOrder}";

    private const string FilteredRefusedDescending =
        $"{RefusedBefore} AND +r.occurred_at >= @From {RefusedNewestFirst}";

    // One statement for each filter that an index serves, in both orders.
    private static class Sql
    {
        public const string OfOrganization = $"SELECT {Events} {InOrganization} AND {Ascending}";

        public const string OfActor = $"SELECT {Events} {InOrganization} AND {OfTheActor} AND {FilteredAscending}";

        public const string OfType = $"SELECT {Events} {InOrganization} AND {OfTheType} AND {FilteredAscending}";

        public const string OfWorkspace = $"SELECT {Events} {InWorkspace} AND {Ascending}";

        public const string OfWorkspaceActor =
            $"SELECT {Events} {InWorkspace} AND {OfTheActor} AND {FilteredAscending}";

        public const string OfWorkspaceType = $"SELECT {Events} {InWorkspace} AND {OfTheType} AND {FilteredAscending}";

        public const string NewestOfOrganization = $"SELECT {Events} {InOrganization} AND {Descending}";

        public const string NewestOfActor =
            $"SELECT {Events} {InOrganization} AND {OfTheActor} AND {FilteredDescending}";

        public const string NewestOfType = $"SELECT {Events} {InOrganization} AND {OfTheType} AND {FilteredDescending}";

        public const string NewestOfWorkspace = $"SELECT {Events} {InWorkspace} AND {Descending}";

        public const string NewestOfWorkspaceActor =
            $"SELECT {Events} {InWorkspace} AND {OfTheActor} AND {FilteredDescending}";

        public const string NewestOfWorkspaceType =
            $"SELECT {Events} {InWorkspace} AND {OfTheType} AND {FilteredDescending}";

        public const string FindBoundsOfOrganization =
            $"SELECT {Bounds} {InOrganization} AND {InTime} ORDER BY e.occurred_at LIMIT @Take) timed";

        public const string FindBoundsOfWorkspace =
            $"SELECT {Bounds} {InWorkspace} AND {InTime} ORDER BY e.sequence LIMIT @Take) timed";

        public const string Refused = $"SELECT {RefusedOnes} {RefusedIn} AND {RefusedAscending}";

        public const string RefusedOfActor = $"SELECT {RefusedOnes} {RefusedTheActor} AND {FilteredRefusedAscending}";

        public const string RefusedOfAction = $"SELECT {RefusedOnes} {RefusedTheAction} AND {FilteredRefusedAscending}";

        public const string RefusedOfWorkspace = $"SELECT {RefusedOnes} {RefusedInWorkspace} AND {RefusedAscending}";

        public const string NewestRefused = $"SELECT {RefusedOnes} {RefusedIn} AND {RefusedDescending}";

        public const string NewestRefusedOfActor =
            $"SELECT {RefusedOnes} {RefusedTheActor} AND {FilteredRefusedDescending}";

        public const string NewestRefusedOfAction =
            $"SELECT {RefusedOnes} {RefusedTheAction} AND {FilteredRefusedDescending}";

        public const string NewestRefusedOfWorkspace =
            $"SELECT {RefusedOnes} {RefusedInWorkspace} AND {RefusedDescending}";

        // The request has no index: so many rows are read, whatever is found.
        public const string FindRequest = $"""
            SELECT {EventRow.Columns}
            FROM (SELECT * FROM events WHERE sequence > 0 ORDER BY sequence DESC LIMIT @Among) e
            WHERE e.request_id = @Request
            ORDER BY e.sequence DESC LIMIT @Take
            """;

        public const string FindRequestOfOrganization = $"""
            SELECT {EventRow.Columns}
            FROM (
                SELECT * FROM events WHERE organization_code = @Organization AND sequence > 0
                ORDER BY sequence DESC LIMIT @Among) e
            WHERE e.request_id = @Request
            ORDER BY e.sequence DESC LIMIT @Take
            """;

        public const string FindRefusedRequest = $"""
            SELECT {RefusalColumns}
            FROM (SELECT * FROM refusals ORDER BY id DESC LIMIT @Among) r
            WHERE r.request_id = @Request
            ORDER BY r.occurred_at DESC, r.id DESC LIMIT @Take
            """;

        public const string FindRefusedRequestOfOrganization = $"""
            SELECT {RefusalColumns}
            FROM (
                SELECT * FROM refusals WHERE organization_code = @Organization
                ORDER BY occurred_at DESC, id DESC LIMIT @Among) r
            WHERE r.request_id = @Request
            ORDER BY r.occurred_at DESC, r.id DESC LIMIT @Take
            """;

        public const string FindRefusal = $"SELECT {RefusalColumns} FROM refusals r WHERE r.id = @Number";

        public const string FindLast = "SELECT MAX(sequence) FROM events WHERE organization_code = @Organization";

        public const string FindWorkspace = """
            SELECT w.id FROM workspaces w JOIN organizations o ON o.id = w.organization_id
            WHERE w.code = @Workspace AND o.code = @Organization
            UNION ALL
            SELECT id FROM events WHERE workspace_code = @Workspace AND organization_code = @Organization
            LIMIT 1
            """;
    }
}
