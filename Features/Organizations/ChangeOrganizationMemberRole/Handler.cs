using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

public static partial class ChangeOrganizationMemberRole
{
    public sealed record Command(
        Caller Caller, string Organization, string User, string? Role, Precondition IfMatch = default)
        : ICommand<Versioned<MemberObject>>;

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, OrganizationMemberAccess, Versioned<MemberObject>>(db)
    {
        protected override ValueTask<Outcome<OrganizationMemberAccess>> FindAsync(Command command, Session session) =>
            OrganizationMemberAuthorization.FindAsync(
                session, command.Organization, command.User, Need.Manage(Permissions.MembersManage));

        protected override async Task<Outcome<Versioned<MemberObject>>> HandleAsync(
            Command command, OrganizationMemberAccess target, Session session)
        {
            var (organization, member) = target;
            if (member.IsOwner)
            {
                return Faults.OwnerProtected;
            }

            if (member.Role != command.Role
                && await ChangeAsync(organization, member, command.Role!, session) is { } refused)
            {
                return refused;
            }

            return await MemberObject.ReadOfOrganizationAsync(session, organization.Id, member.UserId);
        }

        private static async Task<Fault?> ChangeAsync(
            OrganizationAccess organization, OrganizationMemberRow member, string role, Session session)
        {
            // With the ceiling on, a lower organization role demotes a workspace admin too (R5, R7).
            if (organization.HasCeiling
                && member.Role == Roles.Admin // the new role is lower
                && await Membership.IsLastAdminAsync(session, organization.Id, member.UserId))
            {
                return Faults.LastAdmin;
            }

            await session.ExecuteAsync(
                Sql.Change, new { OrganizationId = organization.Id, member.UserId, Role = role });
            await EventLog.AppendAsync(
                session,
                "organization.member_role_changed",
                organization.Code,
                null,
                ("user", member.UserCode),
                Changes.Of("role", member.Role, role));
            if (Roles.Rank(member.Role) < Roles.Rank(Roles.Member))
            {
                await DefaultWorkspaces.JoinAsync(session, member.UserId, organization.Id);
            }

            return null;
        }
    }
}
