using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Users;

public static partial class UpdateUser
{
    public sealed record Command(Caller Caller, string User, Body Patch, Precondition IfMatch = default)
        : ICommand<Versioned<UserObject>>
    {
        internal bool Deactivates(UserAccess user) =>
            user.IsActive && Patch.Status is { IsGiven: true, Value: UserObject.Deactivated };
    }

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, Target, Versioned<UserObject>>(db)
    {
        protected override async ValueTask<Outcome<Target>> FindAsync(Command command, Session session)
        {
            if (!(await UserAuthorization.FindAsync(session, command.User)).Succeeded(out var user, out var fault))
            {
                return fault;
            }

            var places = await session.ListAsync<Place>(Sql.ListPlaces, new { UserId = user.Id });
            return await ForbidAsync(session, places, command.Deactivates(user)) is { } forbidden
                ? forbidden
                : new Target(user, places);
        }

        protected override async Task<Outcome<Versioned<UserObject>>> HandleAsync(
            Command command, Target target, Session session)
        {
            var (user, places) = target;
            var patch = command.Patch;
            var read = await UserObject.ReadAsync(session, user.Id);
            var before = read.Value;
            var after = before with
            {
                Name = patch.Name.Or(before.Name)!.Trim(),
                Email = patch.Email.IsGiven ? EmailAddress.Normalize(patch.Email.Value!)! : before.Email,
                AvatarUrl = patch.AvatarUrl.Or(before.AvatarUrl),
                Status = patch.Status.Or(before.Status)!,
            };
            var changes = new Changes()
                .Set("name", before.Name, after.Name)
                .Set("email", before.Email, after.Email)
                .Set("avatar_url", before.AvatarUrl, after.AvatarUrl)
                .Set("status", before.Status, after.Status);
            if (changes.Count == 0)
            {
                return read;
            }

            var deactivates = command.Deactivates(user);
            var uncounted = deactivates ? await SuspendAsync(session, target)
                : after.Status != before.Status ? await ResumeAsync(session, target)
                : null;
            if (uncounted is not null)
            {
                return uncounted;
            }

            var row = new
            {
                user.Id,
                after.Name,
                NameSearch = SearchText.Fold(after.Name),
                after.Email,
                EmailKey = after.Email == before.Email ? null : EmailAddress.Key(after.Email!),
                Search = UserRecords.Search(after.Name, after.Email!),
                after.AvatarUrl,
                after.Status,
                UpdatedAt = session.Now,
            };
            if (await session.ExecuteAsync(Sql.Update, row) == 0)
            {
                return Faults.EmailTaken;
            }

            var type = deactivates ? "user.deactivated" : "user.updated";
            var organization = places is [var only] ? only.OrganizationCode : null;
            await EventLog.AppendAsync(session, type, organization, null, ("user", user.Code), changes);
            if (!user.IsActive && after.Status == UserObject.Active)
            {
                await DefaultWorkspaces.JoinAsync(session, user.Id);
            }

            return await UserObject.ReadAsync(session, user.Id);
        }

        // A user is the same in all of its organizations, so changing it requires root, or the owner or an admin of its
        // only organization.
        private static async Task<Fault?> ForbidAsync(Session session, List<Place> places, bool deactivates)
        {
            var role = Roles.Owner;
            if (!session.Caller.IsRoot)
            {
                if (places is not [var only])
                {
                    return Faults.Forbidden;
                }

                var need = Need.Manage(Permissions.MembersManage);
                var administered = await OrganizationAuthorization.FindAsync(session, only.OrganizationCode, need);
                if (!administered.Succeeded(out var organization, out var fault))
                {
                    return fault.Kind == FaultKind.NotFound ? Faults.Forbidden : fault;
                }

                role = organization.Role;
            }

            return !places.Any(p => p.Role == Roles.Owner) ? null
                : deactivates ? Faults.OwnerProtected
                : role == Roles.Owner ? null
                : Faults.RoleExceedsOwnRole;
        }

        // Before the status changes, because the counts are reduced for active users only.
        private static async Task<Fault?> SuspendAsync(Session session, Target target)
        {
            if (await Membership.SuspendAllAsync(session, target.User.Id) is { } refused)
            {
                return refused;
            }

            foreach (var place in target.Places)
            {
                await OrganizationMembership.FreePlaceAsync(session, place.OrganizationId);
            }

            return null;
        }

        private static async Task<Fault?> ResumeAsync(Session session, Target target)
        {
            foreach (var place in target.Places)
            {
                if (await OrganizationMembership.ClaimPlaceAsync(session, place.OrganizationId) is { } full)
                {
                    return full;
                }
            }

            return await Membership.ResumeAllAsync(session, target.User.Id);
        }
    }

    /// <summary>A user with its organizations.</summary>
    private sealed record Target(UserAccess User, List<Place> Places) : IVersioned
    {
        public long Version => User.Version;
    }

    /// <summary>An organization that the user belongs to.</summary>
    private sealed record Place
    {
        public long OrganizationId { get; init; }

        public string OrganizationCode { get; init; } = "";

        public string Role { get; init; } = "";
    }
}
