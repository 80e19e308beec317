using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class AssignWorkspaceRole
{
    private const long OwnerRole = 1;
    private const long AdminRole = 2;
    private const long MemberRole = 3;

    /// <param name="WorkspaceRoleId">1 owner, 2 admin, 3 member; required.</param>
    public sealed record Command(
        Caller Caller, string Own, string User, long? WorkspaceRoleId, Precondition IfMatch = default)
        : ICommand<Done>;

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, MemberAccess, Done>(db)
    {
        protected override ValueTask<Outcome<MemberAccess>> FindAsync(Command command, Session session) =>
            MemberAuthorization.FindAsync(session, command.Own, command.User, Need.Manage(Permissions.MembersManage));

        protected override async Task<Outcome<Done>> HandleAsync(Command command, MemberAccess target, Session session)
        {
            var (workspace, member) = target;
            var owner = (await session.FindAsync<Owner>(Sql.FindOwner, new { workspace.Id }))!;
            var isOwners = command.WorkspaceRoleId == OwnerRole || owner.Id == member.UserId;
            if (isOwners && (owner.Id != command.Caller.UserId || !member.IsActive))
            {
                return Faults.Forbidden;
            }

            if (command.WorkspaceRoleId == OwnerRole && owner.Id != member.UserId)
            {
                await HandOverAsync(session, workspace, owner, member);
            }

            // The owner is an admin. Viewers and guests are shown as member, so assigning member promotes them.
            var role = command.WorkspaceRoleId == MemberRole ? Roles.Member : Roles.Admin;
            return await Membership.ChangeRoleAsync(session, workspace, member, role) is { } refused
                ? refused
                : Done.It;
        }

        private static async Task HandOverAsync(
            Session session, WorkspaceAccess workspace, Owner owner, MemberRow member)
        {
            await session.ExecuteAsync(
                Sql.HandOver, new { workspace.Id, OwnerId = member.UserId, UpdatedAt = session.Now });
            await EventLog.AppendAsync(
                session,
                "workspace.updated",
                workspace,
                ("workspace", workspace.Code),
                Changes.Of("owner_id", owner.Code, member.UserCode));
        }
    }

    private sealed record Owner
    {
        public long Id { get; init; }

        public string Code { get; init; } = "";
    }
}
