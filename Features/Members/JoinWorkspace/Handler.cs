using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class JoinWorkspace
{
    public sealed record Command(Caller Caller, string Workspace, Precondition IfMatch = default) : ICommand<Versioned<MemberObject>>;

    private static readonly Fault NobodyToJoin = Fault.Forbidden("forbidden", "The key stands for no user; people join by themselves.");

    private static readonly Fault ByRequest =
        Fault.Forbidden("forbidden", "The workspace is closed: ask to join it with a join request.");

    private static readonly Fault ByInvitation = Fault.Forbidden("forbidden", "The workspace is private: an admin of it adds its members.");

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<MemberObject>>>
    {
        public Task<Outcome<Versioned<MemberObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => JoinAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<MemberObject>>> JoinAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.WorkspaceAsync(command.Caller, command.Workspace, Need.Read with { Writes = true });
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            if (!command.IfMatch.Allows(workspace.Version))
            {
                return Faults.PreconditionFailed;
            }

            if (command.Caller is not { UserId: { } user, UserCode: { } code })
            {
                return NobodyToJoin;
            }

            if (workspace.WorkspaceRole is not null)
            {
                return Membership.AlreadyMember;
            }

            if (workspace.Type is "private" or "closed")
            {
                return workspace.Type == "closed" ? ByRequest : ByInvitation;
            }

            if (await session.AddMemberAsync(workspace.Id, user, Roles.Member, now) is { } refused)
            {
                return refused;
            }

            await session.AppendAsync(
                now,
                "member.joined",
                workspace.OrganizationCode,
                workspace.Code,
                ("user", code),
                new Changes().Set("role", null, Roles.Member));

            // Who asked while the workspace was closed and joins now that it is open has nothing left to ask for.
            var asked = new { WorkspaceId = workspace.Id, UserId = user };
            if (await session.ScalarAsync<string?>(Sql.FindPendingRequest, asked) is { } pending)
            {
                await session.EndJoinRequestAsync(workspace, (await session.FindJoinRequestAsync(workspace.Id, pending))!, "withdrawn", now);
            }

            return await session.ReadMemberAsync(workspace.Id, user);
        }
    }
}
