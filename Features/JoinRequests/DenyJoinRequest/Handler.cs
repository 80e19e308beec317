using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.JoinRequests;

public static partial class DenyJoinRequest
{
    public sealed record Command(Caller Caller, string Workspace, string Request, Precondition IfMatch = default)
        : ICommand<Versioned<JoinRequestObject>>;

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, JoinRequestAccess, Versioned<JoinRequestObject>>(db)
    {
        protected override ValueTask<Outcome<JoinRequestAccess>> FindAsync(Command command, Session session) =>
            JoinRequestAuthorization.FindAsync(
                session, command.Workspace, command.Request, Need.Manage(Permissions.MembersManage));

        protected override Task<Outcome<Versioned<JoinRequestObject>>> HandleAsync(
            Command command, JoinRequestAccess target, Session session) =>
            JoinRequestLifecycle.EndAsync(session, target.Workspace, target.Request, JoinRequestLifecycle.Denied);
    }
}
