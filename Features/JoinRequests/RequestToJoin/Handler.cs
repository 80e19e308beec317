using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.JoinRequests;

public static partial class RequestToJoin
{
    public sealed record Command(Caller Caller, string Workspace) : ICommand<Versioned<JoinRequestObject>>;

    private static readonly Fault NobodyToJoin = Fault.Forbidden("forbidden", "The key stands for no user; people ask for themselves.");

    private static readonly Fault ByInvitation = Fault.Forbidden("forbidden", "The workspace is private: an admin of it adds its members.");

    private static readonly Fault NothingToAsk = Fault.Conflict("invalid_transition", "There is nothing to ask for: join the workspace by yourself.");

    private static readonly Fault Pending = Fault.Conflict("join_request_pending", "Your request to join is waiting for an answer already.");

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<JoinRequestObject>>>
    {
        public Task<Outcome<Versioned<JoinRequestObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => AskAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<JoinRequestObject>>> AskAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.WorkspaceAsync(command.Caller, command.Workspace, Need.Read with { Writes = true });
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            if (command.Caller.UserId is not { } user)
            {
                return NobodyToJoin;
            }

            if (workspace.WorkspaceRole is not null)
            {
                return Membership.AlreadyMember;
            }

            if (workspace.Type != "closed")
            {
                return workspace.Type == "private" ? ByInvitation : NothingToAsk;
            }

            var (id, code) = await session.MintAsync(Codes.JoinRequest, now);
            var row = new { Id = id, Code = code, WorkspaceId = workspace.Id, UserId = user, CreatedAt = now };
            if (await session.ExecuteAsync(Sql.Insert, row) == 0)
            {
                return Pending;
            }

            await session.AppendAsync(
                now,
                "join_request.created",
                workspace.OrganizationCode,
                workspace.Code,
                ("join_request", code),
                new Changes().Set("user_id", null, command.Caller.UserCode).Set("status", null, "pending"));
            var made = (await session.FindJoinRequestAsync(workspace.Id, code))!;
            return new Versioned<JoinRequestObject>(made, made.Version);
        }
    }
}
