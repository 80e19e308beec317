using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class AddMember
{
    public sealed record Command(Caller Caller, string Workspace, string? UserId, string? Role)
        : ICommand<Versioned<MemberObject>>;

    // Many may be added at a time: only their seats are claimed one after the other.
    private static readonly Need Adding = Need.Manage(Permissions.MembersManage) with { Concurrent = true };

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, WorkspaceAccess, Versioned<MemberObject>>(db)
    {
        // R6: the caller is an admin, whose rank is the highest, so it may grant every workspace role.
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Command command, Session session) =>
            WorkspaceAuthorization.FindAsync(session, command.Workspace, Adding);

        protected override async Task<Outcome<Versioned<MemberObject>>> HandleAsync(
            Command command, WorkspaceAccess workspace, Session session)
        {
            var asked = new { workspace.OrganizationId, WorkspaceId = workspace.Id, command.UserId, session.Now };
            if (await session.FindAsync<Candidate>(Sql.FindCandidate, asked) is not { } candidate)
            {
                return Faults.NotOrganizationMember;
            }

            if (await Membership.AddAsync(session, workspace, candidate, command.Role!) is { } refused)
            {
                return refused;
            }

            return Versioned.Of(candidate.ToMember(command.Role!, joinedAt: session.Now));
        }
    }

    private sealed record Candidate : IPerson
    {
        public long Id { get; init; }

        public string Code { get; init; } = "";

        public string? OrganizationRole { get; init; }

        public string? PendingInvitation { get; init; }

        public string Name { get; init; } = "";

        public string Email { get; init; } = "";

        // Equal to the row as read back; a new row has version 1.
        public MemberObject ToMember(string role, DateTimeOffset joinedAt) => new()
        {
            Number = Id,
            UserId = Code,
            Name = Name,
            Email = Email,
            Role = role,
            Status = UserObject.Active,
            Source = RoleSource.Workspace,
            JoinedAt = joinedAt,
            Version = 1,
        };
    }
}
