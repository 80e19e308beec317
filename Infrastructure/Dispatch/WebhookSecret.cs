using System.Security.Cryptography;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>
/// The secrets that deliveries are signed with, in the form of Standard Webhooks 1.0: <c>whsec_</c> and 24 to 64 bytes
/// in Base64; the service makes them of 32 random bytes.
/// </summary>
public static class WebhookSecret
{
    public const string Prefix = "whsec_";

    /// <summary>How long an old secret may sign beside a new one, at most.</summary>
    public const long MostOverlapSeconds = 7 * 24 * 60 * 60;

    public static string Create() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
