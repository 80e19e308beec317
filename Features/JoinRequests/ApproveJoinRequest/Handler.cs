using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.JoinRequests;

public static partial class ApproveJoinRequest
{
    public sealed record Command(Caller Caller, string Workspace, string Request, Precondition IfMatch = default)
        : ICommand<Versioned<JoinRequestObject>>;

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, JoinRequestAccess, Versioned<JoinRequestObject>>(db)
    {
        protected override ValueTask<Outcome<JoinRequestAccess>> FindAsync(Command command, Session session) =>
            JoinRequestAuthorization.FindAsync(
                session, command.Workspace, command.Request, Need.Manage(Permissions.MembersManage));

        protected override async Task<Outcome<Versioned<JoinRequestObject>>> HandleAsync(
            Command command, JoinRequestAccess target, Session session)
        {
            var (workspace, request) = target;
            if (!request.IsPending)
            {
                return JoinRequestLifecycle.Decided;
            }

            var asked = new { workspace.OrganizationId, WorkspaceId = workspace.Id, Id = request.Number, session.Now };
            if (await session.FindAsync<Requester>(Sql.FindRequester, asked) is not { } requester)
            {
                return Faults.NotOrganizationMember;
            }

            var ended = await JoinRequestLifecycle.EndAsync(
                session, workspace, request, JoinRequestLifecycle.Approved);
            if (!ended.Succeeded(out var approved, out var decided))
            {
                return decided;
            }

            return await Membership.AddAsync(session, workspace, requester, Roles.Member) is { } refused
                ? refused
                : approved;
        }
    }

    private sealed record Requester : IPerson
    {
        public long Id { get; init; }

        public string Code { get; init; } = "";

        public string? OrganizationRole { get; init; }

        public string? PendingInvitation { get; init; }
    }
}
