using MediatR;
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
        Caller Caller, string Workspace, string User, Precondition IfMatch = default, bool SparesOwner = false) : ICommand<MemberObject>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<MemberObject>>
    {
        public Task<Outcome<MemberObject>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => RemoveAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<MemberObject>> RemoveAsync(Session session, Command command, DateTimeOffset now)
        {
            // Whoever sees the workspace may leave it. Removing another takes an admin, whom nobody outranks (R6).
            var leaves = command.User == command.Caller.UserCode;
            var need = leaves ? Need.Read with { Writes = true } : Need.Manage(Permissions.MembersManage);
            var found = await session.WorkspaceAsync(command.Caller, command.Workspace, need);
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            if (await session.FindMemberAsync(workspace.Id, command.User) is not { } member)
            {
                return Faults.NotFound;
            }

            if (command.SparesOwner && !leaves
                && await session.ScalarAsync<long>(Sql.CountOwned, new { workspace.Id, member.UserId }) > 0)
            {
                return Faults.Forbidden;
            }

            if (!command.IfMatch.Allows(member.Version))
            {
                return Faults.PreconditionFailed;
            }

            var last = await session.ReadMemberAsync(workspace.Id, member.UserId);
            if (await session.RemoveMemberAsync(workspace.Id, member) is { } refused)
            {
                return refused;
            }

            await session.AppendAsync(
                now,
                leaves ? "member.left" : "member.removed",
                workspace.OrganizationCode,
                workspace.Code,
                ("user", member.UserCode),
                new Changes().Set("role", member.Role, null));
            return last.Value;
        }
    }
}
