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

public static partial class ChangeOrganizationMemberRole
{
    public sealed record Command(Caller Caller, string Organization, string User, string? Role, Precondition IfMatch = default)
        : ICommand<Versioned<MemberObject>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<MemberObject>>>
    {
        public Task<Outcome<Versioned<MemberObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => ChangeAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<MemberObject>>> ChangeAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.OrganizationMemberAsync(
                command.Caller, command.Organization, command.User, Need.Manage(Permissions.MembersManage));
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

            if (member.Role == command.Role)
            {
                return await session.ReadOrganizationMemberAsync(organization.Id, member.UserId);
            }

            // Under the ceiling a workspace admin is no more than the organization role allows, so losing that is a demotion (R7).
            if (organization.HasCeiling
                && member.Role == Roles.Admin // and, as the role is another, to something lower
                && await session.IsLastAdminAsync(organization.Id, member.UserId))
            {
                return Faults.LastAdmin;
            }

            await session.ExecuteAsync(Sql.Change, new { OrganizationId = organization.Id, member.UserId, command.Role });
            await session.AppendAsync(
                now,
                "organization.member_role_changed",
                organization.Code,
                null,
                ("user", member.UserCode),
                new Changes().Set("role", member.Role, command.Role));
            if (Roles.Rank(member.Role) < Roles.Rank(Roles.Member))
            {
                await session.JoinDefaultWorkspacesAsync(organization.Id, member.UserId, now);
            }

            return await session.ReadOrganizationMemberAsync(organization.Id, member.UserId);
        }
    }
}
