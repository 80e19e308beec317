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

namespace WorkspaceService.Features.Organizations;

public static partial class RemoveOrganizationMember
{
    public sealed record Command(Caller Caller, string Organization, string User, Precondition IfMatch = default) : ICommand<Done>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Done>>
    {
        public Task<Outcome<Done>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => RemoveAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Done>> RemoveAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.OrganizationMemberAsync(
                command.Caller, command.Organization, command.User, Need.Manage(Permissions.MembersManage), orItself: true);
            if (!found.Succeeded(out var scope, out var fault))
            {
                return fault;
            }

            var (organization, member) = scope;
            if (!command.IfMatch.Allows(member.Version))
            {
                return Faults.PreconditionFailed;
            }

            if (member.IsOwner)
            {
                return Faults.OwnerProtected;
            }

            var left = await session.LeaveAllAsync(organization.Id, member.UserId);
            if (!left.Succeeded(out var workspaces, out var refused))
            {
                return refused;
            }

            await session.ExecuteAsync(Sql.Delete, new { OrganizationId = organization.Id, member.UserId });
            if (member.IsActive)
            {
                await session.FreeOrganizationPlaceAsync(organization.Id);
            }

            var person = ("user", member.UserCode);
            foreach (var workspace in workspaces)
            {
                await session.AppendAsync(
                    now, "member.removed", organization.Code, workspace.Code, person, new Changes().Set("role", workspace.Role, null));
            }

            await session.AppendAsync(
                now, "organization.member_removed", organization.Code, null, person, new Changes().Set("role", member.Role, null));
            return Done.It;
        }
    }
}
