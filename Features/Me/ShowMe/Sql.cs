using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Me;

public static partial class ShowMe
{
    private static class Sql
    {
        public const string FindUser = "SELECT code AS id, name, email FROM users WHERE id = @UserId";

        public const string FindOrganization = """
            SELECT code AS id, name, slug FROM organizations WHERE id = @OrganizationId
            """;

        // No row: the user does not belong to the one that the key names, or the key names none and it is not exactly
        // one.
        public const string FindOrganizationOfUser = """
            SELECT o.code AS id, o.name, o.slug, om.role
            FROM organization_members om JOIN organizations o ON o.id = om.organization_id
            WHERE om.user_id = @UserId
              AND (om.organization_id = @OrganizationId
                OR (@OrganizationId IS NULL
                    AND (SELECT COUNT(*) FROM organization_members all_of WHERE all_of.user_id = @UserId) = 1))
            """;
    }
}
