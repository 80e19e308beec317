using MediatR;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class AssignWorkspaceRole
{
    private const long OwnerRole = 1;
    private const long AdminRole = 2;
    private const long MemberRole = 3;

    /// <param name="WorkspaceRoleId">1 owner, 2 admin, 3 member; null to change nothing.</param>
    public sealed record Command(Caller Caller, string Own, string User, long? WorkspaceRoleId) : ICommand<Done>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Done>>
    {
        public Task<Outcome<Done>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => AssignAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Done>> AssignAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.WorkspaceAsync(command.Caller, command.Own, Need.Manage(Permissions.MembersManage));
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            if (await session.FindMemberAsync(workspace.Id, command.User) is not { } member)
            {
                return Faults.NotFound;
            }

            var owner = (await session.FindAsync<Owner>(Sql.FindOwner, new { workspace.Id }))!;
            var isOwners = command.WorkspaceRoleId == OwnerRole || owner.Id == member.UserId;
            if (isOwners && (owner.Id != command.Caller.UserId || !member.IsActive))
            {
                return Faults.Forbidden;
            }

            if (command.WorkspaceRoleId == OwnerRole && owner.Id != member.UserId)
            {
                await HandOverAsync(session, workspace, owner, member, now);
            }

            // The owner is an admin; whoever is shown as member because it is a viewer or guest becomes a member by this.
            var role = command.WorkspaceRoleId switch
            {
                OwnerRole or AdminRole => Roles.Admin,
                MemberRole => Roles.Member,
                _ => member.Role,
            };
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

            return Done.It;
        }

        private static async Task HandOverAsync(Session session, WorkspaceAccess workspace, Owner owner, MemberRow member, DateTimeOffset now)
        {
            await session.ExecuteAsync(Sql.HandOver, new { workspace.Id, OwnerId = member.UserId, UpdatedAt = now });
            await session.AppendAsync(
                now,
                "workspace.updated",
                workspace.OrganizationCode,
                workspace.Code,
                ("workspace", workspace.Code),
                new Changes().Set("owner_id", owner.Code, member.UserCode));
        }
    }

    private sealed record Owner
    {
        public long Id { get; init; }

        public string Code { get; init; } = "";
    }
}
