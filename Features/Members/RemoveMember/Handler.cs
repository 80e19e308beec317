using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class RemoveMember
{
    /// <summary>Answers the member as it was last.</summary>
    /// <param name="SparesOwner">True where nobody but the workspace's owner itself may end its membership.</param>
    public sealed record Command(
        Caller Caller,
        string Workspace,
        string User,
        Precondition IfMatch = default,
        bool SparesOwner = false) : ICommand<MemberObject>
    {
        internal bool IsLeave => User == Caller.UserCode;
    }

    // Leaving requires only visibility. Removing another member requires an admin, whose rank is the highest (R6).
    private static Need NeedFor(bool isLeave) =>
        isLeave ? Need.Read with { Writes = true } : Need.Manage(Permissions.MembersManage);

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, MemberAccess, MemberObject>(db)
    {
        protected override async ValueTask<Outcome<MemberAccess>> FindAsync(Command command, Session session)
        {
            var found = await MemberAuthorization.FindAsync(
                session, command.Workspace, command.User, NeedFor(command.IsLeave));
            if (command.SparesOwner && !command.IsLeave && found.Succeeded(out var target, out _)
                && await session.ScalarAsync<long>(
                    Sql.CountOwned, new { target.Workspace.Id, target.Member.UserId }) > 0)
            {
                return Faults.Forbidden;
            }

            return found;
        }

        protected override async Task<Outcome<MemberObject>> HandleAsync(
            Command command, MemberAccess target, Session session)
        {
            var (workspace, member) = target;
            var last = await MemberObject.ReadAsync(session, workspace.Id, member.UserId);
            var removed = command.IsLeave ? "member.left" : "member.removed";
            return await Membership.RemoveAsync(session, workspace, member, removed) is { } refused
                ? refused
                : last.Value;
        }
    }
}
