using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Workspaces;

public static partial class ShowOwnWorkspace
{
    /// <param name="SortBy">name (also for null), email or workspace_role.</param>
    /// <param name="SortTo">asc (also for null) or desc.</param>
    public sealed record Query(Caller Caller, string Workspace, string? SortBy = null, string? SortTo = null)
        : IQuery<Response>;

    /// <param name="AvailableUsersCount">The seat limit; 2147483647 where there is none.</param>
    /// <param name="CanInviteUsersCount">Free seats; 2147483647 where there is no limit.</param>
    /// <example>
    /// {
    ///   "id": 1,
    ///   "name": "Scrum Launch",
    ///   "available_users_count": 30,
    ///   "can_add_new_users": true,
    ///   "can_invite_users_count": 28,
    ///   "workspace_users": [
    ///     {
    ///       "id": 21,
    ///       "email": "ada@example.com",
    ///       "user_full_name": null,
    ///       "invited": true,
    ///       "invite_id": 3,
    ///       "workspace_role_name": "member",
    ///       "avatar_image": null,
    ///       "touch_admin": true
    ///     },
    ///     {
    ///       "id": 1,
    ///       "email": "grace@example.com",
    ///       "user_full_name": "Grace Field",
    ///       "invited": false,
    ///       "invite_id": null,
    ///       "workspace_role_name": "owner",
    ///       "avatar_image": null,
    ///       "touch_admin": true
    ///     }
    ///   ],
    ///   "workspace_roles": [
    ///     { "id": 1, "name": "owner" },
    ///     { "id": 2, "name": "admin" },
    ///     { "id": 3, "name": "member" }
    ///   ]
    /// }
    /// </example>
    public sealed record Response(
        long Id,
        string Name,
        long AvailableUsersCount,
        bool CanAddNewUsers,
        long CanInviteUsersCount,
        IReadOnlyList<WorkspaceUser> WorkspaceUsers,
        IReadOnlyList<WorkspaceRole> WorkspaceRoles);

    /// <param name="Id">The user's number, or minus the invitation's where the organization sees no such user.</param>
    /// <param name="UserFullName">Null where the organization sees no user with the address.</param>
    /// <param name="InviteId">The pending invitation's number; null for a member.</param>
    /// <param name="TouchAdmin">True where the caller may change this row.</param>
    public sealed record WorkspaceUser(
        long Id,
        string? Email,
        string? UserFullName,
        bool Invited,
        long? InviteId,
        [property: OneOf(typeof(ShowOwnWorkspace), nameof(RoleNames))] string WorkspaceRoleName,
        string? AvatarImage,
        bool TouchAdmin);

    public sealed record WorkspaceRole(long Id, string Name);

    /// <summary>The roles of the V4 surface; a role's id is its place here, from 1.</summary>
    public static readonly string[] RoleNames = [Roles.Owner, Roles.Admin, Roles.Member];

    private static readonly WorkspaceRole[] AllRoles =
        [.. RoleNames.Select((name, n) => new WorkspaceRole(n + 1, name))];

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, WorkspaceAccess, Response>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Query query, Session session) =>
            WorkspaceAuthorization.FindAsync(session, query.Workspace, Need.Belong);

        protected override async Task<Outcome<Response>> HandleAsync(
            Query query, WorkspaceAccess workspace, Session session)
        {
            var row = await session.GetAsync<NameAndOwner>(Sql.Find, new { workspace.Id });
            var seats = await Membership.CountSeatsAsync(session, workspace.Id);
            var rows = await session.ListAsync<Row>(Sql.ListPeople, new { WorkspaceId = workspace.Id, session.Now });
            var managed = await WorkspaceAuthorization.FindAsync(
                session, query.Workspace, Need.Manage(Permissions.MembersManage));
            var manages = managed.Succeeded(out _, out _);
            var isOwner = query.Caller.IsRoot || row.OwnerId == query.Caller.UserId;

            var sorted = query.SortBy switch
            {
                "email" when query.Caller.SeesEmails => rows.OrderBy(r => r.Email, StringComparer.OrdinalIgnoreCase),
                "workspace_role" => rows.OrderBy(r => r.RoleId),
                _ => rows.OrderBy(r => r.Name ?? "", StringComparer.OrdinalIgnoreCase),
            };
            var people = sorted.ThenBy(r => r.Id).Select(person => new WorkspaceUser(
                person.Id,
                query.Caller.SeesEmails ? person.Email : null,
                person.Name,
                person.InviteId is not null,
                person.InviteId,
                AllRoles[person.RoleId - 1].Name,
                person.AvatarUrl,
                manages && (person.RoleId > 1 || isOwner))).ToList();
            if (query.SortTo == "desc")
            {
                people.Reverse();
            }

            return new Response(
                workspace.Id,
                row.Name,
                seats.SeatLimit ?? int.MaxValue,
                seats.Free is null or > 0,
                seats.Free ?? int.MaxValue,
                people,
                AllRoles);
        }
    }

    private sealed record NameAndOwner
    {
        public string Name { get; init; } = "";

        public long OwnerId { get; init; }
    }

    private sealed record Row
    {
        public long Id { get; init; }

        public string Email { get; init; } = "";

        public string? Name { get; init; }

        public string? AvatarUrl { get; init; }

        public long? InviteId { get; init; }

        /// <summary>1 owner, 2 admin, 3 for everyone else.</summary>
        public long RoleId { get; init; }
    }
}
