using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Features.Organizations;

public static partial class ListOrganizations
{
    private const string Filters = """
        (o.status = @Status OR @Status IS NULL) AND (o.search LIKE @Q ESCAPE '\' OR @Q IS NULL)
        """;

    private static class Sql
    {
        // All organizations, or a service key's own.
        public const string List = $"""
            SELECT {OrganizationObject.Columns}
            FROM organizations o JOIN users ow ON ow.id = o.owner_id
            WHERE o.id > @After AND o.id >= @First AND o.id <= @Last AND {Filters}
            ORDER BY o.id
            LIMIT @Take
            """;

        public const string ListOfUser = $"""
            SELECT {OrganizationObject.Columns}
            FROM organization_members om
            JOIN organizations o ON o.id = om.organization_id
            JOIN users ow ON ow.id = o.owner_id
            WHERE om.user_id = @UserId AND o.id > @After AND o.id >= @First AND o.id <= @Last AND {Filters}
            ORDER BY o.id
            LIMIT @Take
            """;
    }
}
