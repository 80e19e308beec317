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

        /// <summary>True where it changes at most what a user may change of itself (R19).</summary>
        internal bool IsProfileOnly => !Patch.Email.IsGiven && !Patch.Status.IsGiven;
    }

    /// <summary>Asks what the caller may change of a user.</summary>
    public sealed record Query(Caller Caller, string User) : IQuery<Response>;

    /// <summary>Why the caller may not; null where it may.</summary>
    /// <param name="Profile">Change name and picture.</param>
    /// <param name="Address">Change the e-mail address.</param>
    /// <param name="Status">Deactivate an active user, or reactivate a deactivated one.</param>
    public sealed record Response(Fault? Profile, Fault? Address, Fault? Status);

    private sealed class QueryHandler(ConnectionFactory db) : QueryHandler<Query, UserAccess, Response>(db)
    {
        protected override ValueTask<Outcome<UserAccess>> FindAsync(Query query, Session session) =>
            UserAuthorization.FindReadableAsync(session, query.User);

        protected override async Task<Outcome<Response>> HandleAsync(Query query, UserAccess user, Session session)
        {
            var places = await session.ListAsync<Place>(Sql.ListPlaces, new { UserId = user.Id });
            Task<Fault?> Forbid(Body patch) =>
                ForbidAsync(session, new Command(query.Caller, user.Code, patch), user, places);
            var other = user.IsActive ? UserObject.Deactivated : UserObject.Active;
            return new Response(
                await Forbid(new Body { Name = "" }),
                await Forbid(new Body { Email = "" }),
                await Forbid(new Body { Status = other }));
        }
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
            return await ForbidAsync(session, command, user, places) is { } forbidden
                ? forbidden
                : new Target(user, places);
        }

        protected override async Task<Outcome<Versioned<UserObject>>> HandleAsync(
            Command command, Target target, Session session)
        {
            var (user, places) = target;
            var patch = command.Patch;
            if (!(await ManagingOrganizationAsync(session, user, patch)).Succeeded(out var managing, out var unknown))
            {
                return unknown;
            }

            var read = await UserObject.ReadAsync(session, user.Id);
            var before = read.Value;
            var after = before with
            {
                Name = patch.Name.Or(before.Name)!.Trim(),
                Email = patch.Email.IsGiven ? EmailAddress.Normalize(patch.Email.Value!)! : before.Email,
                AvatarUrl = patch.AvatarUrl.Or(before.AvatarUrl),
                Status = patch.Status.Or(before.Status)!,
                ManagedBy = managing.Code,
            };
            var changes = new Changes()
                .Set("name", before.Name, after.Name)
                .Set("email", before.Email, after.Email)
                .Set("avatar_url", before.AvatarUrl, after.AvatarUrl)
                .Set("status", before.Status, after.Status)
                .Set("managed_by", before.ManagedBy, after.ManagedBy);
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
                ManagedBy = managing.Id,
                after.Status,
                UpdatedAt = session.Now,
            };
            if (await session.ExecuteAsync(Sql.Update, row) == 0)
            {
                return Faults.EmailTaken;
            }

            var type = deactivates ? "user.deactivated" : "user.updated";
            var organization = before.ManagedBy ?? after.ManagedBy
                ?? (places is [var only] ? only.OrganizationCode : null);
            await EventLog.AppendAsync(session, type, organization, null, ("user", user.Code), changes);
            if (!user.IsActive && after.Status == UserObject.Active)
            {
                await DefaultWorkspaces.JoinAsync(session, user.Id);
            }

            return await UserObject.ReadAsync(session, user.Id);
        }

        private static async Task<Outcome<Managing>> ManagingOrganizationAsync(
            Session session, UserAccess user, Body patch) =>
            !patch.ManagedBy.IsGiven ? new Managing(user.ManagedById, user.ManagedBy)
            : patch.ManagedBy.Value is not { } code ? new Managing(null, null)
            : (await OrganizationAuthorization.FindAsync(session, code, Need.Read)).Then<Managing>(
                organization => new Managing(organization.Id, organization.Code));

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

    // R19: root, the owner and admins of the managing organization; the user itself for name and picture.
    private static async Task<Fault?> ForbidAsync(
        Session session, Command command, UserAccess user, List<Place> places)
    {
        var caller = session.Caller;
        if (!caller.IsRoot)
        {
            if (command.Patch.ManagedBy.IsGiven)
            {
                return Faults.Forbidden;
            }

            if (command.IsProfileOnly && IsItself(caller, user))
            {
                return null;
            }

            if (user.ManagedBy is null)
            {
                return Faults.Forbidden;
            }

            var need = Need.Manage(Permissions.MembersManage);
            var administered = await OrganizationAuthorization.FindAsync(session, user.ManagedBy, need);
            if (!administered.Succeeded(out var organization, out var fault))
            {
                return fault.Kind == FaultKind.NotFound ? Faults.Forbidden : fault;
            }

            // R6: the managing organization's owner outranks its admins.
            if (organization.Role != Roles.Owner
                && places.Any(p => p.OrganizationId == organization.Id && p.Role == Roles.Owner))
            {
                return command.Deactivates(user) ? Faults.OwnerProtected : Faults.RoleExceedsOwnRole;
            }
        }

        return command.Deactivates(user) && places.Any(p => p.Role == Roles.Owner) ? Faults.OwnerProtected : null;
    }

    // Not with a narrowed key: the administrators of an organization can issue one for its members, whoever manages
    // them.
    private static bool IsItself(Caller caller, UserAccess user) =>
        user.Id == caller.UserId && caller.OrganizationId is null && caller.WorkspaceId is null;

    /// <summary>A user with its organizations.</summary>
    private sealed record Target(UserAccess User, List<Place> Places) : IVersioned
    {
        public long Version => User.Version;
    }

    /// <summary>The managing organization; both null for none.</summary>
    private sealed record Managing(long? Id, string? Code);

    /// <summary>An organization that the user belongs to.</summary>
    private sealed record Place
    {
        public long OrganizationId { get; init; }

        public string OrganizationCode { get; init; } = "";

        public string Role { get; init; } = "";
    }
}
