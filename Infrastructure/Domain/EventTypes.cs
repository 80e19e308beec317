namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// The types of events, <c>domain.action</c>, and the patterns that choose some of them: <c>*</c> for all,
/// <c>domain.*</c> for those of a domain, or one type.
/// </summary>
public static class EventTypes
{
    public const string Everything = "*";

    public const string WebhookTest = "webhook.test";
    public const string WebhookDisabled = "webhook.disabled";
    public const string WebhookDeliveryFailed = "webhook.delivery_failed";

    public static readonly string[] All =
    [
        "organization.created", "organization.updated", "organization.member_added", "organization.member_role_changed",
        "organization.member_removed", "organization.ownership_transferred",
        "user.created", "user.updated", "user.deactivated",
        "workspace.created", "workspace.updated", "workspace.archived", "workspace.restored", "workspace.deleted",
        "member.added", "member.role_changed", "member.removed", "member.joined", "member.left",
        "join_request.created", "join_request.approved", "join_request.denied", "join_request.withdrawn",
        "invitation.created", "invitation.resent", "invitation.revoked", "invitation.accepted", "invitation.declined",
        "service_line.created", "service_line.activated", "service_line.paused", "service_line.closed",
        "service_line.terminated", "service_line.updated",
        "integration.connected", "integration.disconnected",
        "api_key.created", "api_key.rotated", "api_key.revoked",
        "webhook.created", "webhook.updated", "webhook.deleted", "webhook.secret_rotated", WebhookDisabled,
        WebhookDeliveryFailed, WebhookTest,
    ];

    /// <summary>True where a type exists that the pattern matches.</summary>
    public static bool IsPattern(string pattern) =>
        pattern == Everything || Array.Exists(All, type => Matches(pattern, type));

    public static bool Matches(string pattern, string type) =>
        pattern == Everything || pattern == type
        || (pattern.EndsWith(".*", StringComparison.Ordinal)
            && type.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal));

    /// <summary>True for events about webhooks, which append no further event when they are delivered.</summary>
    public static bool IsOfWebhook(string type) => type.StartsWith("webhook.", StringComparison.Ordinal);
}
