namespace WorkspaceService.Infrastructure.Security;

/// <summary>The requirements of an operation, beside the visibility of its target.</summary>
/// <param name="Permission">The permission that a service key needs.</param>
/// <param name="Rank">The minimum rank of the effective workspace role, or of the organization role.</param>
public sealed record Need(string Permission, int Rank)
{
    /// <summary>A read that every caller may do who sees the target.</summary>
    public static readonly Need Read = new(Permissions.Read, 0);

    /// <summary>A read that requires any role.</summary>
    public static readonly Need Belong = new(Permissions.Read, 1);

    public bool Writes { get; init; }

    internal bool LocksAlone => Writes && !Concurrent;

    /// <summary>
    /// True for a write that may run beside others of its kind in the same workspace: it decides on nothing that they
    /// change, or locks it by itself.
    /// </summary>
    public bool Concurrent { get; init; }

    /// <summary>True for writes that an archived workspace allows (R11).</summary>
    public bool InArchived { get; init; }

    /// <summary>
    /// True where <see cref="Rank"/> is about the organization role: a workspace admin is not enough.
    /// </summary>
    public bool OfOrganization { get; init; }

    /// <summary>
    /// True for an entity of a workspace, such as a service line: <c>not_found</c> without a role in the workspace,
    /// even where the workspace itself is visible.
    /// </summary>
    public bool Inside { get; init; }

    /// <summary>A write that requires an admin, or a service key with <paramref name="permission"/>.</summary>
    public static Need Manage(string permission) => new(permission, 4) { Writes = true };

    /// <summary>A read that requires an admin, or a service key with <paramref name="permission"/>.</summary>
    public static Need Inspect(string permission) => new(permission, 4);

    /// <summary>
    /// The same with a permission that the caller has, for visibility checks: see <see cref="Caller.AnyPermission"/>.
    /// </summary>
    public Need WithAnyPermissionOf(Caller caller) => this with { Permission = caller.AnyPermission };
}
