using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Members;

public static partial class PutMember
{
    private static class Sql
    {
        // No row: the user is no active member of the organization (R4).
        public const string FindCandidate = $"""
            SELECT u.id, u.code, om.role AS organization_role, {Membership.PendingInvitation}
            FROM users u JOIN organization_members om ON om.user_id = u.id AND om.organization_id = @OrganizationId
            WHERE u.id = @UserId AND u.status = 'active'
            """;
    }
}
