using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

public static partial class AddOrganizationMember
{
    /// <param name="UserId">
    /// A user whom the caller sees (R18); or else <paramref name="Email"/>, with <paramref name="Name"/> where no user
    /// has it.
    /// </param>
    /// <param name="Role">Null for member.</param>
    public sealed record Command(
        Caller Caller,
        string Organization,
        string? UserId = null,
        string? Email = null,
        string? Name = null,
        string? Role = null) : ICommand<Versioned<MemberObject>>;

    private static readonly Fault UserUnknown = new(
        FaultKind.Invalid,
        "unknown_user",
        "You see no user of this id; a person of another organization joins by accepting an invitation.")
    {
        Errors = [new("/user_id", "unknown_user", "Names no user that you see.")],
    };

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
                return (await UserAuthorization.FindAsync(session, code)).Match(ActiveUser, _ => UserUnknown);
            }

            if (await FindByEmailAsync(session, command.Email!) is { } known)
            {
                return known;
            }

            if (command.Name is not { } name)
            {
                return NameRequired;
            }

            // Another organization may have made the user meanwhile.
            var added = await UserRecords.AddAsync(session, organization.Key, name, command.Email!);
            return added.Succeeded(out _, out _)
                ? added
                : await FindByEmailAsync(session, command.Email!) ?? added;
        }

        private static async Task<Outcome<UserKey>?> FindByEmailAsync(Session session, string email) =>
            (await UserAuthorization.FindByEmailAsync(session, email))?.Then(ActiveUser);

        private static Outcome<UserKey> ActiveUser(UserAccess user) =>
            user.IsActive ? user.Key : UserRecords.UserDeactivated;
    }
}
