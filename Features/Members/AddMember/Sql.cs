namespace WorkspaceService.Features.Members;

public static partial class AddMember
{
    private static class Sql
    {
        // The member to be, still with its organization role. No row: not an active member of the organization (R4).
        public const string FindCandidate = """
            SELECT u.id AS number, u.code AS user_id, u.name, u.email, om.role, u.status, 'workspace' AS source
            FROM users u JOIN organization_members om ON om.user_id = u.id AND om.organization_id = @OrganizationId
            WHERE u.code = @UserId AND u.status = 'active'
            """;
    }
}
