namespace WorkspaceService.Infrastructure.Security;

/// <summary>The kind of an API key (design: Callers and keys).</summary>
public enum CallerKind
{
    Root,
    User,
    Secret,
    Publishable,

    /// <summary>The service itself, of its own accord.</summary>
    System,
}

/// <summary>
/// The authenticated caller of a request. Numbers are internal ids; null is "none" or "not narrowed".
/// </summary>
public sealed record Caller
{
    public required CallerKind Kind { get; init; }

    /// <summary>
    /// The key's code, such as <c>key_26_00041</c>; for the root key of the configuration, <c>root</c>.
    /// </summary>
    public required string KeyId { get; init; }

    /// <summary>
    /// SHA-256 of the text that was presented, by which the text is stored; null for the root key of the configuration.
    /// </summary>
    public string? TextHash { get; init; }

    /// <summary>
    /// True where the key was rotated and its old text was presented, which lasts until the overlap ends. Such a caller
    /// issues, rotates and revokes no keys.
    /// </summary>
    public bool HasOldText { get; init; }

    /// <summary>The key's user; user keys only.</summary>
    public long? UserId { get; init; }

    public string? UserCode { get; init; }

    /// <summary>The user who issued a service key.</summary>
    public long? IssuerId { get; init; }

    /// <summary>The organization that the key is narrowed to.</summary>
    public long? OrganizationId { get; init; }

    public string? OrganizationCode { get; init; }

    /// <summary>The workspace that the key is narrowed to; everything else is <c>not_found</c> for it.</summary>
    public long? WorkspaceId { get; init; }

    public string? WorkspaceCode { get; init; }

    /// <summary>A service key's permissions; null for root and user keys, which are limited by roles alone.</summary>
    public IReadOnlySet<string>? Permissions { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The request id, for events.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>
    /// The code of the organization that the request has turned out to be about, which the caller may see; null for
    /// none. For the log of refusals.
    /// </summary>
    internal string? TargetOrganization { get; private set; }

    /// <summary>The same of the workspace.</summary>
    internal string? TargetWorkspace { get; private set; }

    /// <summary>The organization that the request names; it may not be there, or not be visible.</summary>
    internal string? NamedOrganization { get; private set; }

    /// <summary>The same of the workspace.</summary>
    internal string? NamedWorkspace { get; private set; }

    public bool IsRoot => Kind == CallerKind.Root;

    public bool IsService => Kind is CallerKind.Secret or CallerKind.Publishable;

    /// <summary>False for publishable keys, whose responses contain no e-mail addresses.</summary>
    public bool SeesEmails => Kind != CallerKind.Publishable;

    /// <summary>True unless this is a service key that lacks <paramref name="permission"/>.</summary>
    public bool May(string permission) => Permissions?.Contains(permission) ?? true;

    /// <summary>True unless the key is narrowed to another organization.</summary>
    public bool Reaches(long? organizationId) => IsRoot || OrganizationId is null || OrganizationId == organizationId;

    /// <summary>
    /// Any permission of the caller: for visibility checks, which depend on the key's scope and not on its permissions.
    /// </summary>
    public string AnyPermission => Permissions?.FirstOrDefault() ?? Security.Permissions.Read;

    /// <summary>The caller of one request.</summary>
    internal Caller ForRequest(string requestId) =>
        this with
        {
            RequestId = requestId,
            TargetOrganization = null,
            TargetWorkspace = null,
            NamedOrganization = null,
            NamedWorkspace = null,
        };

    /// <summary>To be called where the caller may see what it asks for; the first organization counts.</summary>
    internal void AsksFor(string organization, string? workspace = null)
    {
        TargetOrganization ??= organization;
        if (workspace is not null && TargetWorkspace is null && TargetOrganization == organization)
        {
            TargetWorkspace = workspace;
        }
    }

    /// <summary>What the request names, whether or not the caller may see it.</summary>
    internal void Names(string? organization, string? workspace) =>
        (NamedOrganization, NamedWorkspace) = (organization ?? NamedOrganization, workspace ?? NamedWorkspace);

    /// <summary>Binds the parameter of an endpoint; set by <see cref="Authentication"/>.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext http) => ValueTask.FromResult(http.Features.Get<Caller>());
}
