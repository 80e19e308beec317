using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

public static partial class AddOrganizationMember
{
    /// <param name="UserId">
    /// A known user; or else <paramref name="Email"/>, with <paramref name="Name"/> where no user has it.
    /// </param>
    /// <param name="Role">Null for member.</param>
    public sealed record Command(
        Caller Caller,
        string Organization,
        string? UserId = null,
        string? Email = null,
        string? Name = null,
        string? Role = null) : ICommand<Versioned<MemberObject>>;

    private static readonly Fault UserUnknown =
        Fault.Invalid("/user_id", "not_found", "There is no active user of this id.");

    private static readonly Fault NameRequired =
        Fault.Invalid("/name", "required", "No user has this address yet; give the name too.");

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, OrganizationAccess, Versioned<MemberObject>>(db)
    {
        protected override ValueTask<Outcome<OrganizationAccess>> FindAsync(Command command, Session session) =>
            OrganizationAuthorization.FindAsync(
                session, command.Organization, Need.Manage(Permissions.MembersManage));

        protected override async Task<Outcome<Versioned<MemberObject>>> HandleAsync(
            Command command, OrganizationAccess organization, Session session)
        {
            if (!(await FindOrAddUserAsync(command, organization, session)).Succeeded(out var user, out var unknown))
            {
                return unknown;
            }

            var key = organization.Key;
            if (await OrganizationMembership.AddAsync(session, key, user, command.Role ?? Roles.Member) is { } refused)
            {
                return refused;
            }

            return await MemberObject.ReadOfOrganizationAsync(session, organization.Id, user.Id);
        }

        private static async Task<Outcome<UserKey>> FindOrAddUserAsync(
            Command command, OrganizationAccess organization, Session session)
        {
            if (command.UserId is { } code)
            {
                return await UserRecords.FindAsync(session, code) is { IsActive: true } user ? user : UserUnknown;
            }

            if (await UserRecords.FindByEmailAsync(session, command.Email!) is { } known)
            {
                return known.IsActive ? known : Faults.EmailTaken;
            }

            return command.Name is { } name
                ? await UserRecords.AddAsync(session, organization.Code, name, command.Email!)
                : NameRequired;
        }
    }
}
