using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Workspaces;

public static partial class ListWorkspaces
{
    // A statement is a sort key and a scope (all workspaces, one organization, or those visible to a user), ascending
    // or descending. It selects the ids of one page first and joins only their rows.
    private static class Sql
    {
        public const string AllById = $"{Key.Id} {All.Up}";
        public const string AllByIdDown = $"{Key.Id} {All.Down}";
        public const string AllByName = $"{Key.Name} {All.Up}";
        public const string AllByNameDown = $"{Key.Name} {All.Down}";
        public const string AllByCreated = $"{Key.Created} {All.Up}";
        public const string AllByCreatedDown = $"{Key.Created} {All.Down}";
        public const string AllByUpdated = $"{Key.Updated} {All.Up}";
        public const string AllByUpdatedDown = $"{Key.Updated} {All.Down}";

        public const string OfOrganizationById = $"{Key.Id} {OfOrganization.Up}";
        public const string OfOrganizationByIdDown = $"{Key.Id} {OfOrganization.Down}";
        public const string OfOrganizationByName = $"{Key.Name} {OfOrganization.Up}";
        public const string OfOrganizationByNameDown = $"{Key.Name} {OfOrganization.Down}";
        public const string OfOrganizationByCreated = $"{Key.Created} {OfOrganization.Up}";
        public const string OfOrganizationByCreatedDown = $"{Key.Created} {OfOrganization.Down}";
        public const string OfOrganizationByUpdated = $"{Key.Updated} {OfOrganization.Up}";
        public const string OfOrganizationByUpdatedDown = $"{Key.Updated} {OfOrganization.Down}";

        public const string VisibleById = $"{Key.Id} {Visible.Up}";
        public const string VisibleByIdDown = $"{Key.Id} {Visible.Down}";
        public const string VisibleByName = $"{Key.Name} {Visible.Up}";
        public const string VisibleByNameDown = $"{Key.Name} {Visible.Down}";
        public const string VisibleByCreated = $"{Key.Created} {Visible.Up}";
        public const string VisibleByCreatedDown = $"{Key.Created} {Visible.Down}";
        public const string VisibleByUpdated = $"{Key.Updated} {Visible.Up}";
        public const string VisibleByUpdatedDown = $"{Key.Updated} {Visible.Down}";

        // The workspace of a narrowed key: a list of at most one row.
        public const string FindOne = $"""
            SELECT {WorkspaceRow.Columns}, w.id AS number, '' AS sort_key
            FROM (SELECT * FROM workspaces WHERE id = @WorkspaceId AND {Filters}) w
            JOIN organizations o ON o.id = w.organization_id
            WHERE CAST(@UserId AS BIGINT) IS NULL
               OR w.id IN (SELECT v.workspace_id FROM visible_workspaces v WHERE v.user_id = @UserId)
            """;
    }

    // COALESCE instead of "IS NULL OR": PostgreSQL's generic plan estimates the latter as very selective.
    private const string Filters = """
        COALESCE(status = @Status, TRUE) AND COALESCE(type = @Type, TRUE) AND COALESCE(slug = @Slug, TRUE)
        AND COALESCE(search LIKE @Q ESCAPE '\', TRUE)
        """;

    private const string Rows = $"""
        SELECT {WorkspaceRow.Columns}, w.id AS number, CAST(k.sort_key AS TEXT) AS sort_key
        FROM page k JOIN workspaces w ON w.id = k.id JOIN organizations o ON o.id = w.organization_id
        """;

    // "keyed": workspaces with their sort_key. "mine": memberships with the sort_key of their workspace, as a
    // correlated subquery, so that only the user's memberships are read.
    private static class Key
    {
        public const string Id = """
            WITH keyed AS NOT MATERIALIZED (
                SELECT id, organization_id, type, status, slug, search, id AS sort_key FROM workspaces
            ), mine AS NOT MATERIALIZED (
                SELECT m.user_id, m.workspace_id AS id, m.workspace_id AS sort_key FROM members m
            )
            """;

        public const string Name = """
            WITH keyed AS NOT MATERIALIZED (
                SELECT id, organization_id, type, status, slug, search, name_key AS sort_key FROM workspaces
            ), mine AS NOT MATERIALIZED (
                SELECT m.user_id, m.workspace_id AS id,
                       (SELECT w.name_key FROM workspaces w WHERE w.id = m.workspace_id) AS sort_key
                FROM members m
            )
            """;

        public const string Created = """
            WITH keyed AS NOT MATERIALIZED (
                SELECT id, organization_id, type, status, slug, search, created_at AS sort_key FROM workspaces
            ), mine AS NOT MATERIALIZED (
                SELECT m.user_id, m.workspace_id AS id,
                       (SELECT w.created_at FROM workspaces w WHERE w.id = m.workspace_id) AS sort_key
                FROM members m
            )
            """;

        public const string Updated = """
            WITH keyed AS NOT MATERIALIZED (
                SELECT id, organization_id, type, status, slug, search, updated_at AS sort_key FROM workspaces
            ), mine AS NOT MATERIALIZED (
                SELECT m.user_id, m.workspace_id AS id,
                       (SELECT w.updated_at FROM workspaces w WHERE w.id = m.workspace_id) AS sort_key
                FROM members m
            )
            """;
    }

    private static class Upwards
    {
        public const string Order = "ORDER BY k.sort_key, k.id LIMIT @Take";

        public const string Step = $"(k.sort_key, k.id) > (@Key, @Id) {Order}";
    }

    private static class Downwards
    {
        public const string Order = "ORDER BY k.sort_key DESC, k.id DESC LIMIT @Take";

        public const string Step = $"(k.sort_key, k.id) < (@Key, @Id) {Order}";
    }

    private static class All
    {
        public const string Up = $"{Page} {Upwards.Step}) {Rows} {Upwards.Order}";

        public const string Down = $"{Page} {Downwards.Step}) {Rows} {Downwards.Order}";

        private const string Page = $", page AS (SELECT k.id, k.sort_key FROM keyed k WHERE {Filters} AND";
    }

    private static class OfOrganization
    {
        public const string Up = $"{Page} {Upwards.Step}) {Rows} {Upwards.Order}";

        public const string Down = $"{Page} {Downwards.Step}) {Rows} {Downwards.Order}";

        private const string Page = $"""
            , page AS (
                SELECT k.id, k.sort_key
                FROM keyed k
                WHERE k.organization_id = (SELECT o.id FROM organizations o WHERE o.code = @Organization)
                  AND {Filters} AND
            """;
    }

    // R12 and R3, as in WorkspaceAuthorization. With one organization, requested or the user's only one, each part is
    // an index scan that stops after one page, and the parts that do not apply read nothing.
    private static class Visible
    {
        public const string Up = $"""
            {Reach}, page AS (
                SELECT * FROM ({Administered} {Upwards.Step}) administered
                UNION SELECT * FROM ({Shared} {Upwards.Step}) shared
                UNION SELECT * FROM ({Belonging} {Upwards.Step}) belonging
                UNION SELECT * FROM ({Scattered} {Upwards.Step}) scattered)
            {Rows} {Upwards.Order}
            """;

        public const string Down = $"""
            {Reach}, page AS (
                SELECT * FROM ({Administered} {Downwards.Step}) administered
                UNION SELECT * FROM ({Shared} {Downwards.Step}) shared
                UNION SELECT * FROM ({Belonging} {Downwards.Step}) belonging
                UNION SELECT * FROM ({Scattered} {Downwards.Step}) scattered)
            {Rows} {Downwards.Order}
            """;

        // One row: the number of organizations and, if it is 1, its id and the user's role.
        private const string Reach = """
            , reach AS (
                SELECT COUNT(*) AS organizations, MIN(om.organization_id) AS organization_id, MIN(om.role) AS role
                FROM organization_members om
                WHERE om.user_id = @UserId
                  AND (CAST(@Organization AS TEXT) IS NULL
                    OR om.organization_id = (SELECT o.id FROM organizations o WHERE o.code = @Organization))
            )
            """;

        // The condition on reach is given twice: SQLite skips the scan for a NULL key, PostgreSQL for a condition
        // without columns.
        private const string Administered = $"""
            SELECT k.id, k.sort_key
            FROM keyed k
            WHERE k.organization_id = (
                    SELECT organization_id FROM reach WHERE organizations = 1 AND role IN ('owner', 'admin'))
              AND EXISTS (SELECT 1 FROM reach WHERE organizations = 1 AND role IN ('owner', 'admin'))
              AND {Filters} AND
            """;

        private const string Shared = $"""
            SELECT k.id, k.sort_key
            FROM keyed k
            WHERE k.organization_id = (SELECT organization_id FROM reach WHERE organizations = 1 AND role = 'member')
              AND EXISTS (SELECT 1 FROM reach WHERE organizations = 1 AND role = 'member')
              AND k.type <> 'private' AND {Filters} AND
            """;

        private const string Belonging = $"""
            SELECT k.id, k.sort_key
            FROM mine k
            WHERE k.user_id = (
                    SELECT CAST(@UserId AS BIGINT) FROM reach WHERE organizations > 1 OR role NOT IN ('owner', 'admin'))
              AND (
                SELECT 1 FROM workspaces
                WHERE id = k.id AND {Filters}
                  AND (organization_id = (SELECT reach.organization_id FROM reach)
                    OR (SELECT organizations FROM reach) > 1)) = 1
              AND
            """;

        // Several organizations: all their workspaces after the cursor are read and sorted.
        private const string Scattered = $"""
            SELECT k.id, k.sort_key
            FROM organization_members om CROSS JOIN keyed k
            WHERE om.user_id = @UserId AND (SELECT organizations FROM reach) > 1
              AND k.organization_id = om.organization_id
              AND (om.role IN ('owner', 'admin') OR (om.role = 'member' AND k.type <> 'private'))
              AND {Filters} AND
            """;
    }
}
