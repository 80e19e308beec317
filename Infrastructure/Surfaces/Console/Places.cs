namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>Where the pages of things are.</summary>
public static class Places
{
    /// <summary>
    /// The address of the page that shows a thing, or of the list that shows it alone; null where there is none.
    /// </summary>
    /// <param name="kind">As the audit log names what was changed.</param>
    /// <param name="within">The workspace that the thing is in, or of a delivery the webhook; null for none.</param>
    public static string? Of(string kind, string id, string? within = null) => (kind, within) switch
    {
        ("organization", _) => $"/console/organizations/{id}",
        ("user", _) => $"/console/users/{id}",
        ("workspace", _) => $"/console/workspaces/{id}",
        ("service_line", _) => $"/console/service-lines/{id}",
        ("webhook", _) => $"/console/webhooks/{id}",
        ("api_key", _) => $"/console/api-keys/{id}",
        ("integration", { } its) => $"/console/integrations?workspace_id={its}&id={id}",
        ("invitation", { } its) => $"/console/workspaces/{its}/invitations?id={id}",
        ("join_request", { } its) => $"/console/workspaces/{its}/join-requests?id={id}",
        ("delivery", { } its) => $"/console/webhooks/{its}/deliveries/{id}",
        _ => null,
    };
}
