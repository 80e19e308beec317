using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class PutMember
{
    /// <param name="UserId">The user's number.</param>
    public sealed record Command(Caller Caller, string Workspace, long? UserId, string? Role) : ICommand<Versioned<MemberObject>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<MemberObject>>>
    {
        public Task<Outcome<Versioned<MemberObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => PutAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<MemberObject>>> PutAsync(Session session, Command command, DateTimeOffset now)
        {
            // It takes an admin, whose rank is the highest: nobody outranks the caller or is given more than it has (R6).
            var found = await session.WorkspaceAsync(command.Caller, command.Workspace, Need.Manage(Permissions.MembersManage));
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            var person = new { workspace.OrganizationId, command.UserId };
            if (await session.FindAsync<Candidate>(Sql.FindCandidate, person) is not { } candidate)
            {
                return Faults.NotOrganizationMember;
            }

            var role = command.Role!;
            var member = await session.FindMemberAsync(workspace.Id, candidate.Code);
            if (member?.Role == role)
            {
                return await session.ReadMemberAsync(workspace.Id, candidate.Id);
            }

            if (workspace.HasCeiling && Roles.Rank(role) > Roles.Rank(candidate.Role))
            {
                return Faults.RoleExceedsOrganizationRole;
            }

            var refused = member is null
                ? await session.AddMemberAsync(workspace.Id, candidate.Id, role, now)
                : await session.ChangeMemberRoleAsync(workspace.Id, member, role);
            if (refused is not null)
            {
                return refused;
            }

            await session.AppendAsync(
                now,
                member is null ? "member.added" : "member.role_changed",
                workspace.OrganizationCode,
                workspace.Code,
                ("user", candidate.Code),
                new Changes().Set("role", member?.Role, role));
            return await session.ReadMemberAsync(workspace.Id, candidate.Id);
        }
    }

    private sealed record Candidate
    {
        public long Id { get; init; }

        public string Code { get; init; } = "";

        public string Role { get; init; } = "";
    }
}
