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

namespace WorkspaceService.Features.Users;

public static partial class CreateUser
{
    /// <param name="OrganizationId">Required of everyone but root, whose users may belong to no organization yet.</param>
    /// <param name="Role">The organization role; null for member.</param>
    public sealed record Command(
        Caller Caller,
        string? Name,
        string? Email,
        string? AvatarUrl = null,
        string? OrganizationId = null,
        string? Role = null) : ICommand<Versioned<UserObject>>;

    private static readonly Fault OrganizationRequired =
        Fault.Invalid("/organization_id", "required", "Name the organization that the user is to join.");

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<UserObject>>>
    {
        public Task<Outcome<Versioned<UserObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => CreateAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<UserObject>>> CreateAsync(Session session, Command command, DateTimeOffset now)
        {
            OrganizationAccess? organization = null;
            if (command.OrganizationId is { } code)
            {
                var found = await session.OrganizationAsync(command.Caller, code, Need.Manage(Permissions.MembersManage));
                if (!found.Succeeded(out organization, out var fault))
                {
                    return fault;
                }
            }
            else if (!command.Caller.IsRoot)
            {
                return await session.ScalarAsync<long>(Sql.CountAdministered, new { command.Caller.UserId }) > 0 || command.Caller.IsService
                    ? OrganizationRequired
                    : Faults.Forbidden;
            }

            var inserted = await session.InsertUserAsync(organization?.Code, command.Name!, command.Email!, command.AvatarUrl, now);
            if (!inserted.Succeeded(out var user, out var taken))
            {
                return taken;
            }

            if (organization is not null)
            {
                var role = command.Role ?? Roles.Member;
                if (await session.AddOrganizationMemberAsync((organization.Id, organization.Code), user, role, now) is { } refused)
                {
                    return refused;
                }
            }

            return await session.ReadUserAsync(user.Id);
        }
    }
}
