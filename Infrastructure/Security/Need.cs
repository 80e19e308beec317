namespace WorkspaceService.Infrastructure.Security;

/// <summary>What an act asks of its caller, beside that the thing is visible to it.</summary>
/// <param name="Permission">What a service key must be allowed.</param>
/// <param name="Rank">
/// The least effective role in the workspace, or the least role in the organization, by rank.
/// </param>
public sealed record Need(string Permission, int Rank)
{
    /// <summary>Whoever sees it may do it.</summary>
    public static readonly Need Read = new(Permissions.Read, 0);

    /// <summary>Whoever has a role in it may do it.</summary>
    public static readonly Need Belong = new(Permissions.Read, 1);

    public bool Writes { get; init; }

    /// <summary>True for what an archived workspace still allows (R11).</summary>
    public bool InArchived { get; init; }

    /// <summary>
    /// True where being admin of the workspace is not enough: it takes the organization's owner or an admin.
    /// </summary>
    public bool OfOrganization { get; init; }

    /// <summary>
    /// True for what lies inside a workspace, such as a service line: it exists only for those with a role there, also
    /// where others see the workspace itself.
    /// </summary>
    public bool Inside { get; init; }

    /// <summary>A write that takes an admin; a service key needs <paramref name="permission"/> for it.</summary>
    public static Need Manage(string permission) => new(permission, 4) { Writes = true };

    /// <summary>A read that takes an admin.</summary>
    public static Need Inspect(string permission) => new(permission, 4);

    /// <summary>
    /// The same of a service key whatever it may do: whether something is visible depends on the key's scope alone.
    /// </summary>
    public Need WithAnyPermissionOf(Caller caller) => this with { Permission = caller.AnyPermission };
}
