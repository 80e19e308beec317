namespace WorkspaceService.Features.Events;

public static partial class ListEvents
{
    private const string Columns = """
        e.code AS id, e.sequence, e.type, e.occurred_at, e.organization_code AS organization_id,
        e.workspace_code AS workspace_id, e.actor_kind, e.actor_id, e.subject_kind, e.subject_id, e.request_id,
        e.changes
        """;

    private const string Filters = """
        e.sequence > @After
              AND (e.type = @Type OR @Type IS NULL)
              AND (e.actor_id = @ActorId OR @ActorId IS NULL)
              AND (e.occurred_at >= @From OR @From IS NULL)
              AND (e.occurred_at < @To OR @To IS NULL)
        """;

    private static class Sql
    {
        public const string ListAll = $"""
            SELECT {Columns} FROM events e
            WHERE {Filters}
            ORDER BY e.sequence
            LIMIT @Take
            """;

        public const string ListOfOrganization = $"""
            SELECT {Columns} FROM events e
            WHERE e.organization_code = @Organization
              AND {Filters}
            ORDER BY e.sequence
            LIMIT @Take
            """;

        public const string ListOfWorkspace = $"""
            SELECT {Columns} FROM events e
            WHERE e.workspace_code = @Workspace
              AND {Filters}
            ORDER BY e.sequence
            LIMIT @Take
            """;

        // Reads at most one page of events per organization.
        public const string ListOfAdministered = $"""
            SELECT {Columns}
            FROM organization_members om
            JOIN organizations o ON o.id = om.organization_id
            JOIN events e ON e.organization_code = o.code AND e.sequence <= (
                SELECT MAX(first.sequence)
                FROM (
                    SELECT e.sequence FROM events e
                    WHERE e.organization_code = o.code
                      AND {Filters}
                    ORDER BY e.sequence
                    LIMIT @Take) first)
            WHERE om.user_id = @UserId AND om.role IN ('owner', 'admin')
              AND {Filters}
            ORDER BY e.sequence
            LIMIT @Take
            """;

        public const string ListAdministered = """
            SELECT o.code
            FROM organization_members om JOIN organizations o ON o.id = om.organization_id
            WHERE om.user_id = @UserId AND om.role IN ('owner', 'admin')
            """;

        public const string Find = $"SELECT {Columns} FROM events e WHERE e.id = @Id AND e.code = @Code";

        public const string FindOrganizationOfWorkspace =
            "SELECT organization_code FROM events WHERE workspace_code = @Workspace LIMIT 1";

        public const string FindUnnumbered =
            "SELECT MIN(id) AS first, MAX(id) AS last FROM events WHERE sequence IS NULL";

        public const string Number = """
            UPDATE events SET sequence = numbered.sequence
            FROM (
                SELECT e.id,
                       (SELECT COALESCE(MAX(sequence), 0) FROM events) + ROW_NUMBER() OVER (ORDER BY e.id) AS sequence
                FROM events e
                WHERE e.sequence IS NULL AND e.id <= @Last
                ORDER BY e.id
                LIMIT 5000) numbered
            WHERE events.id = numbered.id
            """;
    }
}
