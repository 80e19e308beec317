namespace WorkspaceService.Infrastructure.Security;

/// <summary>The types of API keys: each the lower-case name of a <see cref="CallerKind"/>.</summary>
public static class ApiKeyTypes
{
    public const string Root = "root";
    public const string User = "user";
    public const string Secret = "secret";
    public const string Publishable = "publishable";

    public static readonly string[] All = [Root, User, Secret, Publishable];

    /// <summary>The types that callers may issue; the root key is made at the first start or configured.</summary>
    public static readonly string[] Issuable = [User, Secret, Publishable];
}
