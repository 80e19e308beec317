using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Users;

public static partial class CreateUser
{
    /// <param name="OrganizationId">
    /// Required of everyone but root, whose users may belong to no organization yet.
    /// </param>
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

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, Versioned<UserObject>>(db)
    {
        protected override async Task<Outcome<Versioned<UserObject>>> HandleAsync(Command command, Session session)
        {
            OrganizationAccess? organization = null;
            if (command.OrganizationId is { } code)
            {
                var need = Need.Manage(Permissions.MembersManage);
                var found = await OrganizationAuthorization.FindAsync(session, code, need);
                if (!found.Succeeded(out organization, out var fault))
                {
                    return fault;
                }
            }
            else if (!command.Caller.IsRoot)
            {
                await WriteLocks.SharedServiceAsync(session);
                return await MayNameOrganizationAsync(session) ? OrganizationRequired : Faults.Forbidden;
            }

            var added = await UserRecords.AddAsync(
                session, organization?.Key, command.Name!, command.Email!, command.AvatarUrl);
            if (!added.Succeeded(out var user, out var taken))
            {
                return await HiddenAsync(session, command.Email!) ?? taken;
            }

            if (organization is not null
                && await JoinAsync(session, organization, user, command.Role ?? Roles.Member) is { } refused)
            {
                return refused;
            }

            return await UserObject.ReadAsync(session, user.Id);
        }

        // The fault where the caller may not see the user who has the address.
        private static async Task<Fault?> HiddenAsync(Session session, string email) =>
            (await UserAuthorization.FindByEmailAsync(session, email))?.Match(_ => (Fault?)null, hidden => hidden);

        private static Task<Fault?> JoinAsync(
            Session session, OrganizationAccess organization, UserKey user, string role) =>
            OrganizationMembership.AddAsync(
                session, organization.Key, user, role);

        // True where the caller administers an organization.
        private static async Task<bool> MayNameOrganizationAsync(Session session) =>
            session.Caller.IsService
            || await session.ScalarAsync<long>(Sql.CountAdministered, new { session.Caller.UserId }) > 0;
    }
}
