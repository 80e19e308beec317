using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class AddMember
{
    public sealed record Command(Caller Caller, string Workspace, string? UserId, string? Role) : ICommand<Versioned<MemberObject>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<MemberObject>>>
    {
        public Task<Outcome<Versioned<MemberObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => AddAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<MemberObject>>> AddAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.WorkspaceAsync(command.Caller, command.Workspace, Need.Manage(Permissions.MembersManage));
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            var person = new { workspace.OrganizationId, command.UserId };
            if (await session.FindAsync<MemberObject>(Sql.FindCandidate, person) is not { } candidate)
            {
                return Faults.NotOrganizationMember;
            }

            // Whoever manages members is an admin, above whom there is no workspace role to grant (R6).
            if (workspace.HasCeiling && Roles.Rank(command.Role) > Roles.Rank(candidate.Role))
            {
                return Faults.RoleExceedsOrganizationRole;
            }

            if (await session.AddMemberAsync(workspace.Id, candidate.Number, command.Role!, now) is { } refused)
            {
                return refused;
            }

            await session.AppendAsync(
                now,
                "member.added",
                workspace.OrganizationCode,
                workspace.Code,
                ("user", command.UserId!),
                new Changes().Set("role", null, command.Role));
            return new Versioned<MemberObject>(candidate with { Role = command.Role!, JoinedAt = now }, Version: 1);
        }
    }
}
