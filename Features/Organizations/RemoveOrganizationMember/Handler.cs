using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

public static partial class RemoveOrganizationMember
{
    public sealed record Command(Caller Caller, string Organization, string User, Precondition IfMatch = default)
        : ICommand<Done>;

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, OrganizationMemberAccess, Done>(db)
    {
        protected override ValueTask<Outcome<OrganizationMemberAccess>> FindAsync(Command command, Session session) =>
            OrganizationMemberAuthorization.FindAsync(
                session,
                command.Organization,
                command.User,
                Need.Manage(Permissions.MembersManage),
                orItself: true);

        protected override async Task<Outcome<Done>> HandleAsync(
            Command command, OrganizationMemberAccess target, Session session)
        {
            var (organization, member) = target;
            if (member.IsOwner)
            {
                return Faults.OwnerProtected;
            }

            var key = organization.Key;
            if (await Membership.LeaveAllAsync(session, key, member.UserId, member.UserCode) is { } refused)
            {
                return refused;
            }

            await session.ExecuteAsync(Sql.Delete, new { OrganizationId = organization.Id, member.UserId });
            if (member.IsActive)
            {
                await OrganizationMembership.FreePlaceAsync(session, organization.Id);
            }

            await EventLog.AppendAsync(
                session,
                "organization.member_removed",
                organization.Code,
                null,
                ("user", member.UserCode),
                Changes.Of("role", member.Role, null));
            return Done.It;
        }
    }
}
