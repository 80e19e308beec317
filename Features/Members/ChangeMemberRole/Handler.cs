using MediatR;
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
        Caller Caller, string Workspace, string User, Optional<string?> Role, Precondition IfMatch = default) : ICommand<Versioned<MemberObject>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<MemberObject>>>
    {
        public Task<Outcome<Versioned<MemberObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => ChangeAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<MemberObject>>> ChangeAsync(Session session, Command command, DateTimeOffset now)
        {
            // It takes an admin, whose rank is the highest: nobody outranks the caller or is given more than it has (R6).
            var found = await session.WorkspaceAsync(command.Caller, command.Workspace, Need.Manage(Permissions.MembersManage));
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            if (await session.FindMemberAsync(workspace.Id, command.User) is not { } member)
            {
                return Faults.NotFound;
            }

            if (!command.IfMatch.Allows(member.Version))
            {
                return Faults.PreconditionFailed;
            }

            var role = command.Role.Or(member.Role)!;
            if (role != member.Role)
            {
                if (workspace.HasCeiling && Roles.Rank(role) > Roles.Rank(member.OrganizationRole))
                {
                    return Faults.RoleExceedsOrganizationRole;
                }

                if (await session.ChangeMemberRoleAsync(workspace.Id, member, role) is { } refused)
                {
                    return refused;
                }

                await session.AppendAsync(
                    now,
                    "member.role_changed",
                    workspace.OrganizationCode,
                    workspace.Code,
                    ("user", member.UserCode),
                    new Changes().Set("role", member.Role, role));
            }

            return await session.ReadMemberAsync(workspace.Id, member.UserId);
        }
    }
}
