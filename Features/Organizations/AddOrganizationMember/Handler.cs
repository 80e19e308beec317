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

public static partial class AddOrganizationMember
{
    /// <param name="UserId">A known user; or else <paramref name="Email"/>, with <paramref name="Name"/> where no user has it.</param>
    /// <param name="Role">Null for member.</param>
    public sealed record Command(
        Caller Caller,
        string Organization,
        string? UserId = null,
        string? Email = null,
        string? Name = null,
        string? Role = null) : ICommand<Versioned<MemberObject>>;

    private static readonly Fault UserUnknown = Fault.Invalid("/user_id", "not_found", "There is no active user of this id.");

    private static readonly Fault NameRequired = Fault.Invalid("/name", "required", "No user has this address yet; give the name too.");

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<MemberObject>>>
    {
        public Task<Outcome<Versioned<MemberObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => AddAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<MemberObject>>> AddAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.OrganizationAsync(command.Caller, command.Organization, Need.Manage(Permissions.MembersManage));
            if (!found.Succeeded(out var organization, out var fault))
            {
                return fault;
            }

            var person = await PersonAsync(session, organization, command, now);
            if (!person.Succeeded(out var user, out var unknown))
            {
                return unknown;
            }

            var role = command.Role ?? Roles.Member;
            if (await session.AddOrganizationMemberAsync((organization.Id, organization.Code), user, role, now) is { } refused)
            {
                return refused;
            }

            return await session.ReadOrganizationMemberAsync(organization.Id, user.Id);
        }

        private static async Task<Outcome<UserKey>> PersonAsync(
            Session session, OrganizationAccess organization, Command command, DateTimeOffset now)
        {
            if (command.UserId is { } code)
            {
                return await session.FindUserAsync(code) is { IsActive: true } user ? user : UserUnknown;
            }

            if (await session.FindUserByEmailAsync(command.Email!) is { } known)
            {
                return known.IsActive ? known : Faults.EmailTaken;
            }

            return command.Name is { } name
                ? await session.InsertUserAsync(organization.Code, name, command.Email!, avatarUrl: null, now)
                : NameRequired;
        }
    }
}
