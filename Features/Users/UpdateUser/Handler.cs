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

public static partial class UpdateUser
{
    public sealed record Command(Caller Caller, string User, Precondition IfMatch = default) : ICommand<Versioned<UserObject>>
    {
        public Optional<string?> Name { get; init; }

        public Optional<string?> Email { get; init; }

        public Optional<string?> AvatarUrl { get; init; }

        /// <summary>active or deactivated.</summary>
        public Optional<string?> Status { get; init; }
    }

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<UserObject>>>
    {
        public Task<Outcome<Versioned<UserObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => UpdateAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<UserObject>>> UpdateAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.UserAsync(command.Caller, command.User);
            if (!found.Succeeded(out var user, out var fault))
            {
                return fault;
            }

            var places = await session.ListAsync<Place>(Sql.ListPlaces, new { UserId = user.Id });
            var deactivates = user.IsActive && command.Status is { IsGiven: true, Value: "deactivated" };
            if (await ForbidAsync(session, command.Caller, places, deactivates) is { } forbidden)
            {
                return forbidden;
            }

            if (!command.IfMatch.Allows(user.Version))
            {
                return Faults.PreconditionFailed;
            }

            var read = await session.ReadUserAsync(user.Id);
            var before = read.Value;
            var after = before with
            {
                Name = command.Name.Or(before.Name)!.Trim(),
                Email = command.Email.Or(before.Email)!.Trim(),
                AvatarUrl = command.AvatarUrl.Or(before.AvatarUrl),
                Status = command.Status.Or(before.Status)!,
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

            var uncounted = deactivates ? await SuspendAsync(session, user, places)
                : after.Status != before.Status ? await ResumeAsync(session, user, places, now)
                : null;
            if (uncounted is not null)
            {
                return uncounted;
            }

            var row = new
            {
                user.Id,
                after.Name,
                after.Email,
                EmailKey = ValidationRules.Fold(after.Email),
                Search = ValidationRules.Fold($"{after.Name}\n{after.Email}"),
                after.AvatarUrl,
                after.Status,
                UpdatedAt = now,
            };
            if (await session.ExecuteAsync(Sql.Update, row) == 0)
            {
                return Faults.EmailTaken;
            }

            var type = deactivates ? "user.deactivated" : "user.updated";
            var organization = places is [var only] ? only.OrganizationCode : null;
            await session.AppendAsync(now, type, organization, null, ("user", user.Code), changes);
            if (!user.IsActive && after.Status == "active")
            {
                await session.JoinDefaultWorkspacesAsync(organizationId: null, user.Id, now);
            }

            return await session.ReadUserAsync(user.Id);
        }

        // A change of a user shows in all of its organizations, so it takes one who administers them all: root, or the owner or
        // an admin of the only one.
        private static async Task<Fault?> ForbidAsync(Session session, Caller caller, List<Place> places, bool deactivates)
        {
            var role = Roles.Owner;
            if (!caller.IsRoot)
            {
                if (places is not [var only])
                {
                    return Faults.Forbidden;
                }

                var administered = await session.OrganizationAsync(caller, only.OrganizationCode, Need.Manage(Permissions.MembersManage));
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

        // Both while the user is still counted as active: it leaves the counts of its workspaces, then of its organizations.
        private static async Task<Fault?> SuspendAsync(Session session, UserAccess user, List<Place> places)
        {
            if (await session.SuspendAllAsync(user.Id) is { } refused)
            {
                return refused;
            }

            foreach (var place in places)
            {
                await session.FreeOrganizationPlaceAsync(place.OrganizationId);
            }

            return null;
        }

        private static async Task<Fault?> ResumeAsync(Session session, UserAccess user, List<Place> places, DateTimeOffset now)
        {
            foreach (var place in places)
            {
                if (await session.ClaimOrganizationPlaceAsync(place.OrganizationId) is { } full)
                {
                    return full;
                }
            }

            return await session.ResumeAllAsync(user.Id, now);
        }
    }

    /// <summary>An organization that the user belongs to.</summary>
    private sealed record Place
    {
        public long OrganizationId { get; init; }

        public string OrganizationCode { get; init; } = "";

        public string Role { get; init; } = "";
    }
}
