using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>
/// Descriptions and examples by name, for members and parameters without a description of their own. The examples are
/// consistent with each other.
/// </summary>
internal static class Glossary
{
    private static readonly FrozenDictionary<string, (string? Meaning, JsonNode? Example)> Words =
        new Dictionary<string, (string? Meaning, JsonNode? Example)>
        {
            // Path parameters.
            ["organization"] = ("The organization's code.", "ORG-26-090500"),
            ["workspace"] = ("The workspace's code.", "WS-26-000021"),
            ["user"] = ("The user's code.", "USR-26-000081"),
            ["invitation"] = ("The invitation's code.", "INV-26-000007"),
            ["serviceLine"] = ("The service line's code.", "LIN-26-084729"),
            ["integration"] = ("The integration's code.", "INT-26-000003"),
            ["key"] = ("The API key's code.", "key_26_00041"),
            ["webhook"] = ("The webhook's code.", "WHK-26-000005"),
            ["delivery"] = ("The delivery's code.", "DLV-26-000412"),
            ["request"] = ("The join request's code.", "JRQ-26-000002"),
            ["token"] = ("The token that the invitation was sent with; it is the right to see the invitation.",
                "inv_token_from_the_invitation"),

            ["workspaceNumber"] = ("The workspace's number.", 21),
            ["userNumber"] = ("The user's number.", 81),
            ["invitationNumber"] = ("The invitation's number.", 7),

            // Codes and references.
            ["id"] = ("Its id, for other calls.", null),
            ["integration_id"] = (null, "INT-26-000003"),
            ["api_key_id"] = (null, "key_26_00041"),
            ["join_request_id"] = (null, "JRQ-26-000002"),
            ["event_id"] = (null, "EVT-26-000317"),
            ["organization_id"] = ("The organization's code.", "ORG-26-090500"),
            ["workspace_id"] = ("The workspace's code.", "WS-26-000021"),
            ["user_id"] = ("The user's code.", "USR-26-000081"),
            ["owner_id"] = ("The code of the user who owns it.", "USR-26-000044"),
            ["actor_id"] = ("The code of who did it.", "USR-26-000044"),
            ["service_line_id"] = ("The service line's code.", "LIN-26-084729"),
            ["invitation_id"] = ("The invitation's code.", "INV-26-000007"),
            ["managed_by"] = ("The code of the organization that manages the user.", "ORG-26-090500"),
            ["plan_id"] = ("The plan, as the operator names it.", "plan_growth_monthly"),
            ["subscription_id"] = ("The subscription that pays for it.", "SUB-26-001122"),
            ["project_tags"] = ("Codes of the projects it is labelled with.", new JsonArray("PROJ-26-004281")),
            ["invited_by"] = ("The code of the user who invited.", "USR-26-000044"),
            ["request_id"] = ("The request that this belongs to; the same as `X-Request-Id`.",
                "req_01993f1c5a7d7f3e8f0e6d1c2b3a4958"),

            // Names and texts.
            ["name"] = ("The name that people read.", "Platform Engineering"),
            ["slug"] = ("The name in addresses: 1 to 63 of `a-z 0-9 -`.", "platform-engineering"),
            ["description"] = ("What it is for.", "Builds and runs the platform."),
            ["email"] = (
                "The e-mail address, in NFC, its domain as A-labels; compared without regard to case.",
                "sam@example.com"),
            ["billing_email"] = ("Where invoices go.", "billing@example.com"),
            ["avatar_url"] = ("The address of a picture.", "https://example.com/avatars/sam.png"),
            ["role"] = ("The role.", "member"),
            ["type"] = ("The type.", null),
            ["status"] = ("The status.", "active"),
            ["currency"] = ("The currency, by its code of ISO 4217.", "USD"),
            ["default_currency"] = ("The currency, by its current code of ISO 4217.", "USD"),
            ["settings"] = ("Settings; those that the service does not know are kept as given, 16 KB in all.", null),
            ["config"] = (
                "Configuration; of an integration only values under harmless names are kept.",
                new JsonObject { ["org"] = "apex-digital" }),
            ["permissions"] = ("What a service key may do.", new JsonArray("read", "write")),
            ["reason"] = ("Why not; null where it is allowed.", null),
            ["source"] = ("Where it comes from.", "workspace"),
            ["unit"] = ("The unit of the quantity.", "hours"),
            ["metric"] = ("What was measured.", "engineering_hours"),
            ["cursor"] = ("The `meta.cursor` of the page before; leave it out for the first page. It is bound to the "
                + "list and its filters."
                , null),
            ["prefix"] = ("The beginning of it, to tell it from others.", "secret_key_3f9a"),

            ["user_emails"] = ("E-mail addresses.", null),
            ["org_id"] = ("The organization's number.", 1337),
            ["total"] = ("How many there are.", 1),
            ["state"] = ("The status.", "pending"),
            ["result"] = ("What became of it.", null),
            ["product_line"] = ("What is delivered.", "managed_services"),
            ["execution_model"] = ("How it is delivered.", "ongoing_sla"),
            ["billing_model"] = ("How it is paid for.", "monthly_retainer"),
            ["subscription_status"] = ("The state of the subscription.", "active"),

            // Envelopes and parts.
            ["data"] = ("What was asked for.", null),
            ["meta"] = ("Where this page stands in the list.", null),
            ["limits"] = ("What the plan allows.", null),
            ["scope"] = ("What the key is narrowed to.", null),
            ["kind"] = ("The kind of thing.", null),
            ["message"] = ("What happened, for people.", null),
            ["success"] = ("True; a failure is told by its status.", true),
            ["invited"] = ("True for an invitation that is pending, false for a member.", false),
            ["avatar_image"] = ("The address of a picture; null for none.", null),
            ["workspace_users"] = ("The members, and the invitations that are pending.", null),
            ["workspace_roles"] = ("The roles that there are.", null),
            ["workspace_role_name"] = ("The role.", "member"),
            ["can_add_new_users"] = ("True while a seat is free.", true),
            ["organization_type"] = ("The kind of organization.", null),
            ["custom_organization_type"] = ("The kind of organization in one's own words.", null),

            // Numbers.
            ["available_users_count"] = ("The seat limit; 2147483647 for none.", 30),
            ["can_invite_users_count"] = ("Free seats; 2147483647 where there is no limit.", 29),
            ["workspaces"] = (null, 20),
            ["members"] = (null, 250),
            ["limit"] = ("How many rows a page holds: 1 to 100.", 20),
            ["member_count"] = ("Active explicit members.", 14),
            ["workspace_count"] = ("Workspaces, archived ones included.", 3),
            ["active_service_lines"] = ("Service lines that are active.", 6),
            ["health_score"] =
                ("0 to 100, the rounded mean of the active lines' latest scores; null where there is none.", 87),
            ["score"] = ("0 to 100.", 87),
            ["cost_mtd"] = ("Metered cost of the current UTC month.", JsonNode.Parse("142650.00")),
            ["cost"] = ("Cost, in `currency`.", JsonNode.Parse("34500.00")),
            ["total_cost"] = ("Cost of all metrics together, in `currency`.", JsonNode.Parse("34500.00")),
            ["quantity"] = ("How much, in `unit`.", 120),
            ["seat_limit"] = ("The most active members and pending invitations together; null is unlimited.", 30),
            ["version"] = ("The row's version.", 1),
            ["status_code"] = ("The HTTP status.", 404),
            ["overlap_seconds"] = ("How long the old key keeps working.", 3600),

            // Times.
            ["created_at"] = ("When it was made.", "2024-03-15T10:00:00Z"),
            ["updated_at"] = ("When it was last changed.", "2026-04-01T09:00:00Z"),
            ["joined_at"] = ("When the person became a member.", "2024-03-15T10:00:00Z"),
            ["occurred_at"] = ("When it happened.", "2026-04-01T09:00:00Z"),
            ["observed_at"] = ("When it was observed; without it, now.", "2026-04-01T09:00:00Z"),
            ["expires_at"] = ("When it stops being good; null for never.", "2027-04-01T09:00:00Z"),
            ["last_used_at"] = ("When it was last used, to the minute.", "2026-04-01T09:00:00Z"),
            ["trial_ends_at"] = ("When the trial ends.", "2026-12-31T23:59:59Z"),
            ["starts_at"] = ("When it is meant to start.", "2026-04-01T09:00:00Z"),
            ["started_at"] = ("When it was first activated.", "2026-04-01T09:00:00Z"),
            ["ends_at"] = ("When it ends.", "2027-04-01T09:00:00Z"),

            // Filters.
            ["q"] = ("Finds rows whose name, or another text that people know them by, contains this; without regard "
                + "to case and accents.", null),
            ["sort"] = ("The order: a member's name, with `-` before it for descending.", null),
            ["include"] = ("What to list beside the rows themselves.", null),
            ["from"] = ("Not before this time.", "2026-04-01T00:00:00Z"),
            ["to"] = ("Before this time.", "2026-05-01T00:00:00Z"),
            ["after"] = ("Only what follows this position.", null),
            ["force"] =
                ("Go ahead although service lines are active or paused; takes the organization's owner or an admin.",
                    false),
        }.ToFrozenDictionary();

    /// <summary>The description of members and parameters of this name; null for none.</summary>
    public static string? MeaningOf(string name) => Words.GetValueOrDefault(name).Meaning;

    public static JsonNode? ExampleOf(string name) => Words.GetValueOrDefault(name).Example?.DeepClone();
}
