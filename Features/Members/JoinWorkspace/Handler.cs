using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class JoinWorkspace
{
    public sealed record Command(Caller Caller, string Workspace, Precondition IfMatch = default)
        : ICommand<Versioned<MemberObject>>;

    private static readonly Fault NobodyToJoin =
        Fault.Forbidden("forbidden", "The key stands for no user; people join by themselves.");

    private static readonly Fault ByRequest =
        Fault.Forbidden("forbidden", "The workspace is closed: ask to join it with a join request.");

    private static readonly Fault ByInvitation =
        Fault.Forbidden("forbidden", "The workspace is private: an admin of it adds its members.");

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, WorkspaceAccess, Versioned<MemberObject>>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Command command, Session session) =>
            WorkspaceAuthorization.FindAsync(session, command.Workspace, Need.Read with { Writes = true });

        protected override async Task<Outcome<Versioned<MemberObject>>> HandleAsync(
            Command command, WorkspaceAccess workspace, Session session)
        {
            if (command.Caller is not { UserId: { } user, UserCode: { } code })
            {
                return NobodyToJoin;
            }

            if (workspace.WorkspaceRole is not null)
            {
                return Membership.AlreadyMember;
            }

            if (workspace.Type is WorkspaceSettings.Private or WorkspaceSettings.Closed)
            {
                return workspace.Type == WorkspaceSettings.Closed ? ByRequest : ByInvitation;
            }

            var asked = new { WorkspaceId = workspace.Id, UserId = user, session.Now };
            var invitation = await session.ScalarAsync<string?>(Sql.FindPendingInvitation, asked);
            var person = new Joiner(user, code, workspace.OrganizationRole, invitation);
            if (await Membership.AddAsync(session, workspace, person, Roles.Member, "member.joined") is { } refused)
            {
                return refused;
            }

            // A pending request from the time when the workspace was closed is obsolete.
            if (await session.ScalarAsync<string?>(Sql.FindPendingRequest, asked) is { } pending)
            {
                var request = (await JoinRequestLifecycle.FindAsync(session, workspace.Id, pending))!;
                await JoinRequestLifecycle.EndAsync(session, workspace, request, JoinRequestLifecycle.Withdrawn);
            }

            return await MemberObject.ReadAsync(session, workspace.Id, user);
        }
    }

    private sealed record Joiner(long Id, string Code, string? OrganizationRole, string? PendingInvitation) : IPerson;
}
