namespace WorkspaceService.Infrastructure.Domain;

/// <summary>Roles and their rank: owner and admin 4, member 3, viewer and billing 2, guest 1, none 0.</summary>
public static class Roles
{
    public const string Owner = "owner";
    public const string Admin = "admin";
    public const string Member = "member";
    public const string Viewer = "viewer";
    public const string Billing = "billing";
    public const string Guest = "guest";

    public static readonly string[] All = [Owner, Admin, Member, Viewer, Billing, Guest];

    /// <summary>The organization roles that can be given; owner passes only by a transfer of ownership (R7).</summary>
    public static readonly string[] OfOrganization = [Admin, Member, Viewer, Billing, Guest];

    public static readonly string[] OfWorkspace = [Admin, Member, Viewer, Guest];

    public static int Rank(string? role) => role switch
    {
        Owner or Admin => 4,
        Member => 3,
        Viewer or Billing => 2,
        Guest => 1,
        _ => 0,
    };

    /// <summary>
    /// The effective workspace role, null for none: admin for owner and admins of the organization (R3), otherwise the
    /// role of the explicit membership. With the ceiling on (R5) that role is capped at the organization role's rank.
    /// </summary>
    public static string? Effective(string? organizationRole, string? workspaceRole, bool ceiling)
    {
        var organizationRank = Rank(organizationRole);
        return organizationRank switch
        {
            0 => null,
            4 => Admin,
            _ when workspaceRole is null => null,
            _ when !ceiling || Rank(workspaceRole) <= organizationRank => workspaceRole,
            3 => Member,
            2 => Viewer,
            _ => Guest,
        };
    }
}
