using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>The filters of the log, beside whose events they are.</summary>
/// <param name="From">Events of this moment are in.</param>
/// <param name="To">Events of this moment are out.</param>
public sealed record EventFilter(
    string? Type = null, string? ActorId = null, DateTimeOffset? From = null, DateTimeOffset? To = null)
{
    public bool Matches(EventRow row) =>
        (Type is null || Type == row.Type)
        && (ActorId is null || ActorId == row.ActorId)
        && !(row.OccurredAt < From)
        && !(row.OccurredAt >= To);
}

/// <summary>Reads the log in its order.</summary>
public static class EventReader
{
    /// <summary>The events after a sequence, at most <paramref name="take"/>.</summary>
    public static async Task<List<EventRow>> ListAsync(
        Session session, EventScope scope, EventFilter filter, long after, int take)
    {
        var statements = StatementsFor(scope);
        var parameters = new Parameters
        {
            Workspace = scope.Workspace,
            Organization = scope.Organizations?[0],
            UserId = session.Caller.UserId,
            Type = filter.Type,
            ActorId = filter.ActorId,
            From = filter.From,
            To = filter.To,
            After = after,
            Take = take,
        };

        // Events are all but sorted by time, so the ones in question lie close together; a page that goes on does so
        // among them already. Through the organizations each page needs the bounds: an organization without an event of
        // the time would be read to its end.
        var isTimed = filter.To is not null || (filter.From is not null && after == 0);
        if (isTimed && (filter is { Type: null, ActorId: null } || scope is { Organizations: null, Workspace: null }))
        {
            var range = (await session.FindAsync<Range>(statements.Bounds, parameters with
            {
                From = filter.From ?? DateTimeOffset.UnixEpoch,
                To = filter.To ?? DateTimeOffset.MaxValue,
            }))!;
            parameters = parameters with { After = (range.First - 1) ?? after, Last = range.Last ?? 0 };
        }

        var statement = filter.ActorId is not null ? statements.OfActor
            : filter.Type is not null ? statements.OfType
            : statements.Any;
        return await session.ListAsync<EventRow>(statement, parameters);
    }

    /// <summary>The event with this code; null for none.</summary>
    public static Task<EventRow?> FindAsync(Session session, string code) =>
        session.FindAsync<EventRow>(Sql.Find, new { Id = Codes.NumberOf(code), Code = code });

    /// <summary>The sequence of the last event; 0 for none.</summary>
    public static Task<long> FindLastAsync(Session session) => session.ScalarAsync<long>(Sql.FindLast);

    private static Statements StatementsFor(EventScope scope) => scope switch
    {
        { Workspace: not null } => new(
            Sql.ListOfWorkspace,
            Sql.ListOfWorkspaceOfType,
            Sql.ListOfWorkspaceOfActor,
            Sql.FindBoundsOfWorkspace),
        { Organizations: null } => new(
            Sql.ListAll, Sql.ListAllOfType, Sql.ListAllOfActor, Sql.FindBoundsOfAll),
        { Organizations: [_] } => new(
            Sql.ListOfOrganization,
            Sql.ListOfOrganizationOfType,
            Sql.ListOfOrganizationOfActor,
            Sql.FindBoundsOfOrganization),
        _ => new(
            Sql.ListOfAdministered,
            Sql.ListOfAdministeredOfType,
            Sql.ListOfAdministeredOfActor,
            Sql.FindBoundsOfAdministered),
    };

    /// <summary>The statements of one scope: by the filter that an index serves.</summary>
    private sealed record Statements(string Any, string OfType, string OfActor, string Bounds);

    private sealed record Parameters
    {
        public string? Workspace { get; init; }

        public string? Organization { get; init; }

        public long? UserId { get; init; }

        public string? Type { get; init; }

        public string? ActorId { get; init; }

        public DateTimeOffset? From { get; init; }

        public DateTimeOffset? To { get; init; }

        public long After { get; init; }

        public long Last { get; init; } = long.MaxValue;

        public int Take { get; init; }
    }

    /// <summary>The lowest and the highest sequence of the events of a time; null for none.</summary>
    private sealed record Range
    {
        public long? First { get; init; }

        public long? Last { get; init; }
    }

    // What every list is filtered by beside its scope and at most one indexed filter.
    private const string Rest = """
        e.sequence > @After
              AND (e.occurred_at >= @From OR @From IS NULL)
              AND (e.occurred_at < @To OR @To IS NULL)
        """;

    private const string Between = $"e.sequence <= @Last AND {Rest}";

    private const string OfType = $"e.type = @Type AND {Rest}";

    private const string OfActor = $"e.actor_id = @ActorId AND (e.type = @Type OR @Type IS NULL) AND {Rest}";

    private const string InOrder = "ORDER BY e.sequence LIMIT @Take";

    private const string All = $"{EventRow.Columns} FROM events e WHERE";

    private const string OfOrganization = $"{All} e.organization_code = @Organization AND";

    private const string OfWorkspace = $"{All} e.workspace_code = @Workspace AND";

    // Reads at most one page of events per organization. SQLite joins in this order: from the caller's organizations.
    private const string OfAdministered = $"""
        {EventRow.Columns}
        FROM organization_members om
        CROSS JOIN organizations o
        CROSS JOIN events e
        WHERE o.id = om.organization_id AND e.organization_code = o.code AND e.sequence <= (SELECT MAX(first.sequence)
            FROM (SELECT e.sequence FROM events e WHERE e.organization_code = o.code AND
        """;

    private const string OfMember = ") first) AND om.user_id = @UserId AND om.role IN ('owner', 'admin') AND";

    // No index has the filtered events of all organizations in order, so each one is asked for its first: an entry of
    // the index of its filter. The organizations whose first ones come first, as many as the page is long, have the
    // page, and of each of them no more than a page is read. The events of no organization are one list more. Rows are
    // compared, not columns: only that index has their order, so that no planner takes another.
    private const string Firsts = """
        firsts (code, sequence) AS MATERIALIZED (SELECT
            o.code, (SELECT e.sequence FROM events e WHERE e.organization_code = o.code AND
        """;

    private const string Nearest = """
        LIMIT 1) FROM organizations o),
        nearest (code, sequence) AS MATERIALIZED (SELECT
            code, sequence FROM firsts WHERE sequence IS NOT NULL ORDER BY sequence LIMIT @Take),
        bound (last) AS MATERIALIZED (SELECT
            CASE WHEN COUNT(*) < @Take THEN @Last ELSE MAX(sequence) END FROM nearest),
        pages (code, last) AS MATERIALIZED (SELECT
            n.code, (SELECT MAX(page.sequence) FROM (SELECT e.sequence FROM events e
                WHERE e.organization_code = n.code AND
        """;

    private const string Pages = """
        LIMIT @Take) page) FROM nearest n CROSS JOIN bound b),
        found (sequence) AS MATERIALIZED (SELECT
            e.sequence FROM pages p CROSS JOIN events e WHERE e.organization_code = p.code AND
        """;

    private const string OfNone = """
        UNION ALL SELECT
            sequence FROM (SELECT e.sequence FROM events e WHERE e.organization_code IS NULL AND
        """;

    private const string Found = "LIMIT @Take) page ORDER BY sequence LIMIT @Take)";

    private const string InFound =
        $"{EventRow.Columns} FROM found f CROSS JOIN events e WHERE e.sequence = f.sequence ORDER BY e.sequence";

    private const string Timed = "(e.occurred_at >= @From OR @From IS NULL) AND (e.occurred_at < @To OR @To IS NULL)";

    private const string TypeAfter = $"{Timed} AND (e.type, e.sequence) > (@Type, @After) AND (e.type, e.sequence)";

    private const string ActorAfter = $"""
        {Timed} AND (e.type = @Type OR @Type IS NULL)
            AND (e.actor_id, e.sequence) > (@ActorId, @After) AND (e.actor_id, e.sequence)
        """;

    private const string TypeInOrder = "ORDER BY e.type, e.sequence";

    private const string ActorInOrder = "ORDER BY e.actor_id, e.sequence";

    // The plus signs keep the planner at the index by time: it holds all that is asked for, and only events of the time
    // are read.
    private const string Bounds = "MIN(+e.sequence) AS first, MAX(+e.sequence) AS last FROM events e";

    private const string InTime = "e.occurred_at >= @From AND e.occurred_at < @To AND +e.sequence > @After";

    // One statement for each scope and filter, with an index of its own in an organization (see 0016_event_filters.sql)
    // and with one for all in a workspace (see 0022_fewer_event_indexes.sql).
    private static class Sql
    {
        public const string ListAll = $"SELECT {All} {Between} {InOrder}";

        public const string ListAllOfType = $"""
            WITH {Firsts} {TypeAfter} <= (@Type, @Last) {TypeInOrder}
            {Nearest} {TypeAfter} <= (@Type, b.last) {TypeInOrder}
            {Pages} {TypeAfter} <= (@Type, p.last)
            {OfNone} {TypeAfter} <= (@Type, @Last) ORDER BY e.organization_code, e.type, e.sequence
            {Found}
            SELECT {InFound}
            """;

        public const string ListAllOfActor = $"""
            WITH {Firsts} {ActorAfter} <= (@ActorId, @Last) {ActorInOrder}
            {Nearest} {ActorAfter} <= (@ActorId, b.last) {ActorInOrder}
            {Pages} {ActorAfter} <= (@ActorId, p.last)
            {OfNone} {ActorAfter} <= (@ActorId, @Last) ORDER BY e.organization_code, e.actor_id, e.sequence
            {Found}
            SELECT {InFound}
            """;

        public const string FindBoundsOfAll = $"""
            SELECT MIN(first) AS first, MAX(last) AS last
            FROM (
                SELECT MIN(+e.sequence) AS first, MAX(+e.sequence) AS last
                FROM organizations o CROSS JOIN events e
                WHERE e.organization_code = o.code AND {InTime}
                UNION ALL
                SELECT {Bounds} WHERE e.organization_code IS NULL AND {InTime}) timed
            """;

        public const string ListOfOrganization = $"SELECT {OfOrganization} {Between} {InOrder}";

        public const string ListOfOrganizationOfType = $"SELECT {OfOrganization} {OfType} {InOrder}";

        public const string ListOfOrganizationOfActor = $"SELECT {OfOrganization} {OfActor} {InOrder}";

        public const string FindBoundsOfOrganization =
            $"SELECT {Bounds} WHERE e.organization_code = @Organization AND {InTime}";

        public const string ListOfWorkspace = $"SELECT {OfWorkspace} {Between} {InOrder}";

        public const string ListOfWorkspaceOfType = $"SELECT {OfWorkspace} {OfType} {InOrder}";

        public const string ListOfWorkspaceOfActor = $"SELECT {OfWorkspace} {OfActor} {InOrder}";

        // The index is in the order of the log.
        public const string FindBoundsOfWorkspace = $"""
            SELECT {Bounds}
            WHERE e.workspace_code = @Workspace AND e.occurred_at >= @From AND e.occurred_at < @To
              AND e.sequence > @After
            """;

        public const string ListOfAdministered =
            $"SELECT {OfAdministered} {Between} {InOrder} {OfMember} {Rest} {InOrder}";

        public const string ListOfAdministeredOfType =
            $"SELECT {OfAdministered} {OfType} {InOrder} {OfMember} {OfType} {InOrder}";

        public const string ListOfAdministeredOfActor =
            $"SELECT {OfAdministered} {OfActor} {InOrder} {OfMember} {OfActor} {InOrder}";

        public const string FindBoundsOfAdministered = $"""
            SELECT MIN(+e.sequence) AS first, MAX(+e.sequence) AS last
            FROM organization_members om
            CROSS JOIN organizations o
            CROSS JOIN events e
            WHERE om.user_id = @UserId AND om.role IN ('owner', 'admin')
              AND o.id = om.organization_id AND e.organization_code = o.code AND {InTime}
            """;

        public const string Find = $"SELECT {EventRow.Columns} FROM events e WHERE e.id = @Id AND e.code = @Code";

        public const string FindLast = "SELECT COALESCE(MAX(sequence), 0) FROM events";
    }
}
