using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Users;

public static partial class ListUsers
{
    private const string Filters = $"""
        (u.status = @Status OR @Status IS NULL) AND ({UserRecords.Searched} LIKE @Q ESCAPE '\' OR @Q IS NULL)
        """;

    private static class Sql
    {
        public const string List = $"""
            SELECT {UserObject.Columns}
            FROM users u
            WHERE u.id > @After AND u.id <= @Last AND {Filters}
            ORDER BY u.id
            LIMIT @Limit + 1
            """;

        public const string ListOfOrganization = $"""
            SELECT {UserObject.Columns}
            FROM organization_members om JOIN users u ON u.id = om.user_id
            WHERE om.organization_id = @OrganizationId AND om.user_id > @After AND om.user_id <= @Last AND {Filters}
            ORDER BY om.user_id
            LIMIT @Limit + 1
            """;

        // The members of the organization and the users that it manages, at most one page of each: there is one upper
        // bound of each, so that SQLite enters the index with it and does not look for it again with every row.
        public const string ListOfServiceKey = $"""
            SELECT {UserObject.Columns}
            FROM users u
            WHERE u.id > @After AND u.id <= @Last AND {Filters} AND u.id IN (
                SELECT theirs.user_id
                FROM organization_members theirs
                WHERE theirs.organization_id = @OrganizationId AND theirs.user_id > @After
                  AND theirs.user_id <= COALESCE((
                      SELECT x.user_id
                      FROM organization_members x JOIN users u ON u.id = x.user_id
                      WHERE x.organization_id = @OrganizationId AND x.user_id > @After AND x.user_id <= @Last
                        AND {Filters}
                      ORDER BY x.user_id
                      LIMIT 1 OFFSET @Limit), @Last)
                UNION
                SELECT managed.id
                FROM users managed
                WHERE managed.managed_by = @OrganizationId AND managed.id > @After
                  AND managed.id <= COALESCE((
                      SELECT u.id
                      FROM users u
                      WHERE u.managed_by = @OrganizationId AND u.id > @After AND u.id <= @Last AND {Filters}
                      ORDER BY u.id
                      LIMIT 1 OFFSET @Limit), @Last))
            ORDER BY u.id
            LIMIT @Limit + 1
            """;

        // The user itself, and the members of organizations that it administers and the users that they manage. The
        // innermost SELECTs limit each organization to one page.
        public const string ListVisible = $"""
            SELECT {UserObject.Columns}
            FROM users u
            WHERE u.id > @After AND u.id <= @Last AND {Filters} AND u.id IN (
                SELECT CAST(@UserId AS BIGINT)
                UNION
                SELECT theirs.user_id
                FROM organization_members mine
                JOIN organization_members theirs ON theirs.organization_id = mine.organization_id
                WHERE mine.user_id = @UserId AND mine.role IN ('owner', 'admin') AND @Administers = 1
                  AND (CAST(@OnlyOrganizationId AS BIGINT) IS NULL OR mine.organization_id = @OnlyOrganizationId)
                  AND theirs.user_id > @After
                  AND theirs.user_id <= COALESCE((
                      SELECT x.user_id
                      FROM organization_members x JOIN users u ON u.id = x.user_id
                      WHERE x.organization_id = mine.organization_id AND x.user_id > @After AND x.user_id <= @Last
                        AND {Filters}
                      ORDER BY x.user_id
                      LIMIT 1 OFFSET @Limit), @Last)
                UNION
                SELECT managed.id
                FROM organization_members mine
                JOIN users managed ON managed.managed_by = mine.organization_id
                WHERE mine.user_id = @UserId AND mine.role IN ('owner', 'admin') AND @Administers = 1
                  AND (CAST(@OnlyOrganizationId AS BIGINT) IS NULL OR mine.organization_id = @OnlyOrganizationId)
                  AND managed.id > @After
                  AND managed.id <= COALESCE((
                      SELECT u.id
                      FROM users u
                      WHERE u.managed_by = mine.organization_id AND u.id > @After AND u.id <= @Last AND {Filters}
                      ORDER BY u.id
                      LIMIT 1 OFFSET @Limit), @Last))
            ORDER BY u.id
            LIMIT @Limit + 1
            """;
    }
}
