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

public static partial class ApproveJoinRequest
{
    public sealed record Command(Caller Caller, string Workspace, string Request, Precondition IfMatch = default)
        : ICommand<Versioned<JoinRequestObject>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<JoinRequestObject>>>
    {
        public Task<Outcome<Versioned<JoinRequestObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => ApproveAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<JoinRequestObject>>> ApproveAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.WorkspaceAsync(command.Caller, command.Workspace, Need.Manage(Permissions.MembersManage));
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            if (await session.FindJoinRequestAsync(workspace.Id, command.Request) is not { } request)
            {
                return Faults.NotFound;
            }

            if (!command.IfMatch.Allows(request.Version))
            {
                return Faults.PreconditionFailed;
            }

            if (!request.IsPending)
            {
                return JoinRequestObjects.Decided;
            }

            if (await session.FindAsync<Requester>(Sql.FindRequester, new { workspace.OrganizationId, Id = request.Number }) is not { } requester)
            {
                return Faults.NotOrganizationMember;
            }

            if (workspace.HasCeiling && Roles.Rank(requester.Role) < Roles.Rank(Roles.Member))
            {
                return Faults.RoleExceedsOrganizationRole;
            }

            if (await session.AddMemberAsync(workspace.Id, requester.Id, Roles.Member, now) is { } refused)
            {
                return refused;
            }

            var approved = await session.EndJoinRequestAsync(workspace, request, "approved", now);
            await session.AppendAsync(
                now,
                "member.added",
                workspace.OrganizationCode,
                workspace.Code,
                ("user", request.UserId),
                new Changes().Set("role", null, Roles.Member));
            return approved;
        }
    }

    private sealed record Requester
    {
        public long Id { get; init; }

        public string Role { get; init; } = "";
    }
}
