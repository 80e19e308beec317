namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>The tags of operations and their descriptions, in the order of the document.</summary>
internal static class Tags
{
    private static readonly (string Name, string Description)[] Known =
    [
        ("Me", "Who you are to the service: what your key stands for and what it may do."),
        ("Organizations", "Tenants: who they are, what their plan allows, and the people in them."),
        ("Users", "People and service accounts, known across organizations."),
        ("Workspaces",
            "Where the work of an organization happens: who may see them, their settings, their metrics, their end."),
        ("Members", "The people of a workspace, their roles, and the seats that they take."),
        ("Join requests", "Joining a workspace by oneself, or asking to."),
        ("Invitations", "Places held for people by e-mail address, until they accept or decline."),
        ("Seats", "How many places a workspace has, and how many are free."),
        ("Access", "Questions of other services: may this person do that, and may it use the site?"),
        ("Service lines", "What runs in a workspace, from draft to closed or terminated."),
        ("Metering", "What service lines use and cost, and how healthy they are."),
        ("Integrations", "Other systems that a workspace is connected with."),
        ("API keys", "Credentials: issued, shown once, rotated, revoked."),
        ("Events", "The record of every change, in order."),
        ("Webhooks", "Events that are posted to other services, signed, and tried again until they arrive."),
        ("Audit logs", "What was changed in an organization and what was refused: read, exported, verified."),
        ("Tape", "The same workspaces for clients of the Tape API: integers as ids, bare bodies, its own errors."),
        ("V4", "The caller's own workspace for clients of the V4 API: integers as ids, its own errors."),
        ("Operation", "For the operator: is the service alive, and how is it used."),
    ];

    /// <summary>
    /// The used tags with their descriptions; unknown ones come last, with their name as description.
    /// </summary>
    public static IEnumerable<(string Name, string Description)> Describe(IReadOnlySet<string> used) =>
        Known.Where(tag => used.Contains(tag.Name))
            .Concat(used.Except(Known.Select(tag => tag.Name)).Order(StringComparer.Ordinal).Select(
                name => (name, $"{name}.")));
}
