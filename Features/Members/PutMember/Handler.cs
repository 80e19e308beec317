using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class PutMember
{
    /// <param name="UserId">The user's number.</param>
    /// <param name="IfMember">What the version of an existing membership must be.</param>
    public sealed record Command(
        Caller Caller, string Workspace, long? UserId, string? Role, Precondition IfMember = default)
        : ICommand<Versioned<MemberObject>>;

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, WorkspaceAccess, Versioned<MemberObject>>(db)
    {
        // R6: requires an admin, whose rank is the highest, so no member and no role outranks the caller.
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Command command, Session session) =>
            WorkspaceAuthorization.FindAsync(session, command.Workspace, Need.Manage(Permissions.MembersManage));

        protected override async Task<Outcome<Versioned<MemberObject>>> HandleAsync(
            Command command, WorkspaceAccess workspace, Session session)
        {
            var asked = new { workspace.OrganizationId, WorkspaceId = workspace.Id, command.UserId, session.Now };
            if (await session.FindAsync<Candidate>(Sql.FindCandidate, asked) is not { } candidate)
            {
                return Faults.NotOrganizationMember;
            }

            var member = await Membership.FindAsync(session, workspace.Id, candidate.Code);
            if (member is not null && !command.IfMember.Allows(member.Version))
            {
                return Faults.PreconditionFailed;
            }

            var refused = member is not null
                ? await Membership.ChangeRoleAsync(session, workspace, member, command.Role!)
                : await Membership.AddAsync(session, workspace, candidate, command.Role!);
            if (refused is not null)
            {
                return refused;
            }

            return await MemberObject.ReadAsync(session, workspace.Id, candidate.Id);
        }
    }

    private sealed record Candidate : IPerson
    {
        public long Id { get; init; }

        public string Code { get; init; } = "";

        public string? OrganizationRole { get; init; }

        public string? PendingInvitation { get; init; }
    }
}
