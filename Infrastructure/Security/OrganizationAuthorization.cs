using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>An organization and the caller's role in it.</summary>
public sealed record OrganizationAccess : IVersioned
{
    public long Id { get; init; }

    public string Code { get; init; } = "";

    public long OwnerId { get; init; }

    public string Status { get; init; } = "";

    public long WorkspaceRoleCeiling { get; init; }

    public long Version { get; init; }

    /// <summary>The caller's role; owner for root, admin for the organization's service keys.</summary>
    public string? Role { get; init; }

    public OrganizationKey Key => new(Id, Code);

    public bool HasCeiling => WorkspaceRoleCeiling != 0;

    public bool IsAdministered => Roles.Rank(Role) >= Roles.Rank(Roles.Admin);
}

/// <summary>
/// Authorization for organizations; faults as in <see cref="WorkspaceAuthorization"/>.
/// </summary>
public static class OrganizationAuthorization
{
    /// <summary>The organization with this code, if the caller meets <paramref name="need"/>.</summary>
    public static async ValueTask<Outcome<OrganizationAccess>> FindAsync(Session session, string code, Need need)
    {
        var caller = session.Caller;
        await WriteLocks.OrganizationAsync(session, code, shared: !need.LocksAlone);
        if (!Codes.Is(Codes.Organization, code)
            || await session.FindCachedAsync<OrganizationAccess>(
                Sql.Find, new { Code = code, UserId = caller.UserId ?? 0 }) is not { } found)
        {
            return Faults.NotFound;
        }

        WriteLocks.Found(session, code);
        return Evaluate(caller, found, need);
    }

    /// <summary>The decision on the organization's row with the role of the caller's user; reads nothing.</summary>
    internal static Outcome<OrganizationAccess> Evaluate(Caller caller, OrganizationAccess found, Need need)
    {
        var role = caller.IsRoot ? Roles.Owner
            : !caller.Reaches(found.Id) || caller.WorkspaceId is not null ? null
            : caller.IsService ? Roles.Admin
            : found.Role;
        if (role is null)
        {
            return Faults.NotFound;
        }

        caller.AsksFor(found.Code);
        return !caller.May(need.Permission) || Roles.Rank(role) < need.Rank ? Faults.Forbidden
            : need.Writes && found.Status != OrganizationSettings.Active && !caller.IsRoot
                ? Faults.OrganizationSuspended
            : found with { Role = role };
    }

    private static class Sql
    {
        public const string Find = """
            SELECT o.id, o.code, o.owner_id, o.status, o.workspace_role_ceiling, o.version, om.role
            FROM organizations o
            LEFT JOIN organization_members om ON om.organization_id = o.id AND om.user_id = @UserId
            WHERE o.code = @Code
            """;
    }
}
