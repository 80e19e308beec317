using WorkspaceService.Features.Webhooks;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Operation;

public static partial class LoadDemo
{
    /// <summary>
    /// The organization of the native surface's seed; values that the seed does not give are invented.
    /// </summary>
    private static Organization ApexDigital()
    {
        var began = new DateTimeOffset(2024, 1, 8, 9, 0, 0, TimeSpan.Zero);
        var platformBegan = new DateTimeOffset(2024, 3, 15, 10, 0, 0, TimeSpan.Zero);

        var sam = new Person(44, "Sam Rivera", began);
        Member[] team =
        [
            new(new(45, "Noor Haddad", began), Roles.Member),
            new(new(46, "Mateo Silva", began), Roles.Member),
            new(new(47, "Ingrid Solberg", began), Roles.Member),
            new(new(48, "Kwame Mensah", began), Roles.Member),
            new(new(49, "Yuki Tanaka", began), Roles.Member),
            new(new(50, "Priya Nair", began), Roles.Member),
            new(new(51, "Lukas Weber", began), Roles.Member),
            new(new(52, "Amara Okafor", began), Roles.Member),
            new(new(53, "Chloé Martin", began), Roles.Member),
            new(new(54, "Tomasz Nowak", began), Roles.Member),
            new(new(55, "Leila Farouk", began), Roles.Viewer),
            new(new(56, "Diego Ramos", began), Roles.Viewer),
            new(new(57, "Hana Kim", began), Roles.Guest),
        ];
        var accountant = new Person(58, "Robin Keller", began);
        var jordan = new Person(81, "Jordan Blake", new(2026, 2, 2, 8, 30, 0, TimeSpan.Zero));

        return new Organization(90500, "Apex Digital", began, sam)
        {
            BillingEmail = "billing@example.com",
            PlanId = "plan_scale_annual",
            Members =
            [
                .. team,
                new(accountant, Roles.Billing),

                // An organization admin: the seed makes this user workspace admin, which the ceiling denies to members
                // (R5).
                new(jordan, Roles.Admin) { Since = jordan.Since },
            ],
            Workspaces =
            [
                new(21, "Platform Engineering", platformBegan)
                {
                    Slug = "platform-engineering",
                    Description = "The platform that every product team builds on.",
                    Settings = new() { ["default_currency"] = "USD", ["require_task_service_line"] = true },
                    Members = team,
                    Lines = PlatformLines(),
                    Integrations = [("github", new() { ["org"] = "apex-digital" })],
                },
                new(91, "Data Engineering", new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero)) { Slug = "data-engineering" },
            ],
            Keys =
            [
                new(ApiKeyTypes.User, sam, "Sam Rivera, owner of the organization"),
                new(ApiKeyTypes.Secret, null, "a service account with every permission in the organization"),
                new(ApiKeyTypes.Publishable, null, "reads, without e-mail addresses"),
            ],
            SamplePaths =
            [
                "/v1/workspaces?organization_id=ORG-26-090500",
                "/v1/workspaces/WS-26-000021",
                "/v1/workspaces/WS-26-000021/members",
                "/v1/webhooks?organization_id=ORG-26-090500",
            ],
            AfterSetup = sender => sender.SendAsync(new CreateWebhook.Command(
                Root,
                Codes.Format(Codes.Organization, Now.Year % 100, 90500),
                "https://hooks.example.com/workspaces",
                ["member.*", "workspace.*"],
                Description: "Tells the directory who joined and who left; enable it when something listens there.",
                Status: WebhookObject.Disabled)),
        };
    }

    /// <summary>
    /// Six active lines with the seed's mean score, 87, and its total cost, 142650.00; and a draft.
    /// </summary>
    private static Line[] PlatformLines() =>
    [
        new(84729, "Core Platform Squad", "talent", "capacity", "monthly_retainer")
        {
            Health = 91,
            Usages = [new("engineer_hours", 640, "hour", 64_000.00m)],
        },
        new(84730, "Site Reliability", "managed_services", "ongoing_sla", "subscription")
        {
            Health = 88,
            Usages = [new("coverage_hours", 720, "hour", 28_500.00m)],
        },
        new(84731, "Payments Migration", "ods", "timeboxed_outcome", "milestone")
        {
            Health = 84,
            Usages = [new("milestones", 2, "milestone", 24_000.00m)],
        },
        new(84732, "Kubernetes Fleet", "infrastructure", "infra_managed", "usage_based")
        {
            Health = 90,
            Usages =
            [
                new("vcpu_hours", 183_688, "hour", 9_184.40m), new("storage", 22_961, "gigabyte_month", 2_296.10m)
            ],
        },
        new(84733, "Delivery Insights", "intelligence", "observability", "seat_based")
        {
            Health = 79,
            Usages = [new("seats", 26, "seat", 5_200.00m)],
        },
        new(84734, "Support Agents", "agent_gateway", "agent_runtime", "usage_plus_subscription")
        {
            Health = 90,
            Usages =
            [
                new("agent_runs", 31_565, "run", 6_313.00m), new("tokens", 1_578_250, "thousand_tokens", 3_156.50m)
            ],
        },
        new(84735, "Edge Caching Pilot", "infrastructure", "infra_managed", "fixed_scope"),
    ];
}
