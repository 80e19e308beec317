using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>What an act asks of its caller, beside that the thing is visible to it.</summary>
/// <param name="Permission">What a service key must be allowed.</param>
/// <param name="Rank">The least effective role in the workspace, or the least role in the organization, by rank.</param>
public sealed record Need(string Permission, int Rank)
{
    /// <summary>Whoever sees it may do it.</summary>
    public static readonly Need Read = new(Permissions.Read, 0);

    /// <summary>Whoever has a role in it may do it.</summary>
    public static readonly Need Belong = new(Permissions.Read, 1);

    public bool Writes { get; init; }

    /// <summary>True for what an archived workspace still allows (R11).</summary>
    public bool InArchived { get; init; }

    /// <summary>True where being admin of the workspace is not enough: it takes the organization's owner or an admin.</summary>
    public bool OfOrganization { get; init; }

    /// <summary>
    /// True for what lies inside a workspace, such as a service line: it exists only for those with a role there, also where
    /// others see the workspace itself.
    /// </summary>
    public bool Inside { get; init; }

    /// <summary>A write that takes an admin; a service key needs <paramref name="permission"/> for it.</summary>
    public static Need Manage(string permission) => new(permission, 4) { Writes = true };

    /// <summary>A read that takes an admin.</summary>
    public static Need Inspect(string permission) => new(permission, 4);
}

/// <summary>A workspace as one caller stands to it.</summary>
public sealed record WorkspaceAccess
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    public long OrganizationId { get; init; }

    public string OrganizationCode { get; init; } = "";

    public long OrganizationOwnerId { get; init; }

    public string OrganizationStatus { get; init; } = "";

    /// <summary>1 where a workspace role may not outrank the organization role (R5).</summary>
    public long WorkspaceRoleCeiling { get; init; }

    public string Type { get; init; } = "";

    public string Status { get; init; } = "";

    public long Version { get; init; }

    /// <summary>The caller's user; 0 for none.</summary>
    public long UserId { get; init; }

    /// <summary>The caller's role in the organization; null for none, and for a key narrowed to the workspace.</summary>
    public string? OrganizationRole { get; init; }

    /// <summary>The caller's explicit membership; null for none.</summary>
    public string? WorkspaceRole { get; init; }

    public bool IsArchived => Status == "archived";

    public bool HasCeiling => WorkspaceRoleCeiling != 0;

    /// <summary>The caller's effective role; null where it only sees the workspace.</summary>
    public string? Role { get; init; }
}

/// <summary>An organization as one caller stands to it.</summary>
public sealed record OrganizationAccess
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    public long OwnerId { get; init; }

    public string Status { get; init; } = "";

    public long WorkspaceRoleCeiling { get; init; }

    public long Version { get; init; }

    /// <summary>The caller's role in it; root counts as owner, its service keys as admin.</summary>
    public string? Role { get; init; }

    public bool HasCeiling => WorkspaceRoleCeiling != 0;
}

/// <summary>
/// Who may see and do what: the one look-up behind every slice. What a caller may not see is <c>not_found</c>; what it may
/// see but not do is <c>forbidden</c>, then <c>organization_suspended</c>, then <c>workspace_archived</c>.
/// </summary>
public static class WorkspaceAuthorization
{
    /// <summary>The workspace of this code, if <paramref name="caller"/> may do with it what <paramref name="need"/> says.</summary>
    public static async Task<Outcome<WorkspaceAccess>> WorkspaceAsync(this Session session, Caller caller, string code, Need need)
    {
        if (!Codes.Is(Codes.Workspace, code)
            || await session.FindCachedAsync(session.Scopes, Sql.FindWorkspace, new { Code = code, UserId = caller.UserId ?? 0 }) is not { } found)
        {
            return Faults.NotFound;
        }

        return Evaluate(caller, found, need);
    }

    /// <summary>The organization of this code, if <paramref name="caller"/> may do with it what <paramref name="need"/> says.</summary>
    public static async Task<Outcome<OrganizationAccess>> OrganizationAsync(this Session session, Caller caller, string code, Need need)
    {
        if (!Codes.Is(Codes.Organization, code)
            || await session.FindCachedAsync<OrganizationAccess>(Sql.FindOrganization, new { Code = code, UserId = caller.UserId ?? 0 }) is not { } found)
        {
            return Faults.NotFound;
        }

        var role = caller.IsRoot ? Roles.Owner
            : !Reaches(caller, found.Id) || caller.WorkspaceId is not null ? null
            : caller.IsService ? Roles.Admin
            : found.Role;

        return role is null ? Faults.NotFound
            : !caller.May(need.Permission) || Roles.Rank(role) < need.Rank ? Faults.Forbidden
            : need.Writes && found.Status != "active" && !caller.IsRoot ? Faults.OrganizationSuspended
            : found with { Role = role };
    }

    /// <summary>The rows that a workspace's scope is read from.</summary>
    internal static int[] SourcesOf(WorkspaceAccess found) =>
    [
        RowChangeTracker.SlotOf(RowChangeTracker.Workspaces, found.Id),
        RowChangeTracker.SlotOf(RowChangeTracker.Organizations, found.OrganizationId),
        RowChangeTracker.SlotOf(RowChangeTracker.OrganizationMembers, found.OrganizationId, found.UserId),
        RowChangeTracker.SlotOf(RowChangeTracker.Members, found.Id, found.UserId),
    ];

    /// <summary>The decision itself, on <paramref name="found"/> as it is stored.</summary>
    internal static Outcome<WorkspaceAccess> Evaluate(Caller caller, WorkspaceAccess found, Need need)
    {
        if (!Reaches(caller, found.OrganizationId) || (caller.WorkspaceId is { } only && only != found.Id))
        {
            return Faults.NotFound;
        }

        var scope = caller.Kind switch
        {
            CallerKind.Root => found with { OrganizationRole = Roles.Owner, Role = Roles.Admin },
            CallerKind.User => found with { Role = Roles.Effective(found.OrganizationRole, found.WorkspaceRole, found.HasCeiling) },
            _ => found with { OrganizationRole = caller.WorkspaceId is null ? Roles.Admin : null, Role = Roles.Admin },
        };

        // R12: a private workspace is seen by those with a role in it; the others also by active members of rank member or higher.
        if (scope.Role is null && (need.Inside || scope.Type == "private" || Roles.Rank(scope.OrganizationRole) < Roles.Rank(Roles.Member)))
        {
            return Faults.NotFound;
        }

        var rank = Roles.Rank(need.OfOrganization ? scope.OrganizationRole : scope.Role);
        return !caller.May(need.Permission) || rank < need.Rank ? Faults.Forbidden
            : need.Writes && scope.OrganizationStatus != "active" && !caller.IsRoot ? Faults.OrganizationSuspended
            : need.Writes && scope.IsArchived && !need.InArchived ? Faults.WorkspaceArchived
            : scope;
    }

    private static bool Reaches(Caller caller, long organizationId) =>
        caller.IsRoot || caller.OrganizationId is null || caller.OrganizationId == organizationId;

    private static class Sql
    {
        public const string FindWorkspace = """
            SELECT w.id, w.code, w.organization_id, o.code AS organization_code, o.owner_id AS organization_owner_id,
                   o.status AS organization_status, o.workspace_role_ceiling, w.type, w.status, w.version,
                   CAST(@UserId AS BIGINT) AS user_id, om.role AS organization_role, m.role AS workspace_role
            FROM workspaces w
            JOIN organizations o ON o.id = w.organization_id
            LEFT JOIN organization_members om ON om.organization_id = w.organization_id AND om.user_id = @UserId
            LEFT JOIN members m ON m.workspace_id = w.id AND m.user_id = @UserId
            WHERE w.code = @Code
            """;

        public const string FindOrganization = """
            SELECT o.id, o.code, o.owner_id, o.status, o.workspace_role_ceiling, o.version, om.role
            FROM organizations o
            LEFT JOIN organization_members om ON om.organization_id = o.id AND om.user_id = @UserId
            WHERE o.code = @Code
            """;
    }
}
