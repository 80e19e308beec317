using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Events;

public static partial class ListEvents
{
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

    private const string All = $"SELECT {EventRow.Columns} FROM events e WHERE";

    // Without it the indexes of all events are not used; see 0016_event_filters.sql.
    private const string Whole = "e.id > 0 AND";

    private const string OfOrganization = $"{All} e.organization_code = @Organization AND";

    private const string OfWorkspace = $"{All} e.workspace_code = @Workspace AND";

    // Reads at most one page of events per organization. SQLite joins in this order: from the caller's organizations.
    private const string OfAdministered = $"""
        SELECT {EventRow.Columns}
        FROM organization_members om
        CROSS JOIN organizations o
        CROSS JOIN events e
        WHERE o.id = om.organization_id AND e.organization_code = o.code AND e.sequence <= (
            SELECT MAX(first.sequence)
            FROM (SELECT e.sequence FROM events e WHERE e.organization_code = o.code AND
        """;

    private const string OfMember = ") first) AND om.user_id = @UserId AND om.role IN ('owner', 'admin') AND";

    // The plus signs keep the planner at the index by time: it holds all that is asked for, and only events of the time
    // are read.
    private const string Bounds = "SELECT MIN(+e.sequence) AS first, MAX(+e.sequence) AS last FROM events e";

    private const string InTime = "e.occurred_at >= @From AND e.occurred_at < @To AND +e.sequence > @After";

    // One statement for each scope and filter, each with an index of its own (see 0016_event_filters.sql).
    private static class Sql
    {
        public const string ListAll = $"{All} {Between} {InOrder}";

        public const string ListAllOfType = $"{All} {Whole} {OfType} {InOrder}";

        public const string ListAllOfActor = $"{All} {Whole} {OfActor} {InOrder}";

        public const string FindBoundsOfAll = $"{Bounds} WHERE {Whole} {InTime}";

        public const string ListOfOrganization = $"{OfOrganization} {Between} {InOrder}";

        public const string ListOfOrganizationOfType = $"{OfOrganization} {OfType} {InOrder}";

        public const string ListOfOrganizationOfActor = $"{OfOrganization} {OfActor} {InOrder}";

        public const string FindBoundsOfOrganization =
            $"{Bounds} WHERE e.organization_code = @Organization AND {InTime}";

        public const string ListOfWorkspace = $"{OfWorkspace} {Between} {InOrder}";

        public const string ListOfWorkspaceOfType = $"{OfWorkspace} {OfType} {InOrder}";

        public const string ListOfWorkspaceOfActor = $"{OfWorkspace} {OfActor} {InOrder}";

        public const string FindBoundsOfWorkspace = $"{Bounds} WHERE e.workspace_code = @Workspace AND {InTime}";

        public const string ListOfAdministered =
            $"{OfAdministered} {Between} {InOrder} {OfMember} {Rest} {InOrder}";

        public const string ListOfAdministeredOfType =
            $"{OfAdministered} {OfType} {InOrder} {OfMember} {OfType} {InOrder}";

        public const string ListOfAdministeredOfActor =
            $"{OfAdministered} {OfActor} {InOrder} {OfMember} {OfActor} {InOrder}";

        public const string FindBoundsOfAdministered = $"""
            SELECT MIN(+e.sequence) AS first, MAX(+e.sequence) AS last
            FROM organization_members om
            CROSS JOIN organizations o
            CROSS JOIN events e
            WHERE om.user_id = @UserId AND om.role IN ('owner', 'admin')
              AND o.id = om.organization_id AND e.organization_code = o.code AND {InTime}
            """;

        public const string ListAdministered = """
            SELECT o.code
            FROM organization_members om JOIN organizations o ON o.id = om.organization_id
            WHERE om.user_id = @UserId AND om.role IN ('owner', 'admin')
            """;

        public const string Find = $"SELECT {EventRow.Columns} FROM events e WHERE e.id = @Id AND e.code = @Code";

        public const string FindOrganizationOfWorkspace =
            "SELECT organization_code FROM events WHERE workspace_code = @Workspace LIMIT 1";
    }
}
