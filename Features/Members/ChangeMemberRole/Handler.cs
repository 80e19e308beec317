using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class ChangeMemberRole
{
    /// <param name="Role">Absent to leave it as it is.</param>
    public sealed record Command(
        Caller Caller,
        string Workspace,
        string User,
        Optional<string?> Role,
        Precondition IfMatch = default) : ICommand<Versioned<MemberObject>>;

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, MemberAccess, Versioned<MemberObject>>(db)
    {
        // R6: requires an admin, whose rank is the highest, so no member and no role outranks the caller.
        protected override ValueTask<Outcome<MemberAccess>> FindAsync(Command command, Session session) =>
            MemberAuthorization.FindAsync(
                session, command.Workspace, command.User, Need.Manage(Permissions.MembersManage));

        protected override async Task<Outcome<Versioned<MemberObject>>> HandleAsync(
            Command command, MemberAccess target, Session session)
        {
            var (workspace, member) = target;
            if (await Membership.ChangeRoleAsync(session, workspace, member, command.Role.Or(member.Role)!)
                is { } refused)
            {
                return refused;
            }

            return await MemberObject.ReadAsync(session, workspace.Id, member.UserId);
        }
    }
}
