using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.JoinRequests;

public static partial class ApproveJoinRequest
{
    private static class Sql
    {
        // No row: the user is no active member of the organization (R4).
        public const string FindRequester = $"""
            SELECT u.id, u.code, om.role AS organization_role, {Membership.PendingInvitation}
            FROM join_requests j
            JOIN users u ON u.id = j.user_id
            JOIN organization_members om ON om.user_id = u.id AND om.organization_id = @OrganizationId
            WHERE j.id = @Id AND u.status = 'active'
            """;
    }
}
