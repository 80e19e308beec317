namespace WorkspaceService.Infrastructure.Security;

/// <summary>What the credentials stand for (design: Callers and keys).</summary>
public enum CallerKind { Root, User, Secret, Publishable }

/// <summary>
/// Who asks, as the key says it, and in which request. Numbers are internal ids; null is "none" or "not narrowed".
/// </summary>
public sealed record Caller
{
    public required CallerKind Kind { get; init; }

    /// <summary>
    /// The key's code, such as <c>key_26_00041</c>; for the root key of the configuration, <c>root</c>.
    /// </summary>
    public required string KeyId { get; init; }

    /// <summary>The user it stands for (user keys only).</summary>
    public long? UserId { get; init; }

    public string? UserCode { get; init; }

    /// <summary>The user who issued a service key.</summary>
    public long? IssuerId { get; init; }

    /// <summary>The one organization that the key reaches.</summary>
    public long? OrganizationId { get; init; }

    public string? OrganizationCode { get; init; }

    /// <summary>The one workspace that the key reaches; then everything else does not exist for it.</summary>
    public long? WorkspaceId { get; init; }

    public string? WorkspaceCode { get; init; }

    /// <summary>A service key's permissions; null for root and user keys, which have their role's powers.</summary>
    public IReadOnlySet<string>? Permissions { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The request id to keep with events.</summary>
    public string RequestId { get; init; } = "";

    public bool IsRoot => Kind == CallerKind.Root;

    public bool IsService => Kind is CallerKind.Secret or CallerKind.Publishable;

    /// <summary>False for publishable keys, which never get to see an e-mail address.</summary>
    public bool SeesEmails => Kind != CallerKind.Publishable;

    /// <summary>True unless this is a service key that lacks <paramref name="permission"/>.</summary>
    public bool May(string permission) => Permissions?.Contains(permission) ?? true;

    /// <summary>True unless the key names another organization.</summary>
    public bool Reaches(long? organizationId) => IsRoot || OrganizationId is null || OrganizationId == organizationId;

    /// <summary>
    /// A permission that the caller has, whichever: for asking what it sees, whatever it may do there.
    /// </summary>
    public string AnyPermission => Permissions?.FirstOrDefault() ?? Security.Permissions.Read;

    /// <summary>Lets endpoints take the caller as a parameter; authentication has put it there.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext http) => ValueTask.FromResult(http.Features.Get<Caller>());
}
