using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.JoinRequests;

public static partial class RequestToJoin
{
    public sealed record Command(Caller Caller, string Workspace) : ICommand<Versioned<JoinRequestObject>>;

    private static readonly Fault NobodyToJoin =
        Fault.Forbidden("forbidden", "The key stands for no user; people ask for themselves.");

    private static readonly Fault ByInvitation =
        Fault.Forbidden("forbidden", "The workspace is private: an admin of it adds its members.");

    private static readonly Fault NothingToAsk =
        Fault.Conflict("invalid_transition", "There is nothing to ask for: join the workspace by yourself.");

    private static readonly Fault Pending =
        Fault.Conflict("join_request_pending", "Your request to join is waiting for an answer already.");

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, WorkspaceAccess, Versioned<JoinRequestObject>>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Command command, Session session) =>
            WorkspaceAuthorization.FindAsync(session, command.Workspace, Need.Read with { Writes = true });

        protected override async Task<Outcome<Versioned<JoinRequestObject>>> HandleAsync(
            Command command, WorkspaceAccess workspace, Session session)
        {
            if (command.Caller.UserId is not { } user)
            {
                return NobodyToJoin;
            }

            if (workspace.WorkspaceRole is not null)
            {
                return Membership.AlreadyMember;
            }

            if (workspace.Type != WorkspaceSettings.Closed)
            {
                return workspace.Type == WorkspaceSettings.Private ? ByInvitation : NothingToAsk;
            }

            var (id, code) = await Codes.MintAsync(session, Codes.JoinRequest);
            var row = new { Id = id, Code = code, WorkspaceId = workspace.Id, UserId = user, CreatedAt = session.Now };
            if (await session.ExecuteAsync(Sql.Insert, row) == 0)
            {
                return Pending;
            }

            var changes = new Changes()
                .Set("user_id", null, command.Caller.UserCode)
                .Set("status", null, JoinRequestLifecycle.Pending);
            await EventLog.AppendAsync(session, "join_request.created", workspace, ("join_request", code), changes);
            return Versioned.Of((await JoinRequestLifecycle.FindAsync(session, workspace.Id, code))!);
        }
    }
}
