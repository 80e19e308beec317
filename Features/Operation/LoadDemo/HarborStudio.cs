using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Operation;

public static partial class LoadDemo
{
    /// <summary>The organization of the Tape surface's seed; values that the seed does not give are invented.</summary>
    private static Organization HarborStudio()
    {
        var began = new DateTimeOffset(2025, 2, 3, 9, 0, 0, TimeSpan.Zero);

        var greta = new Person(10000, "Greta Lindqvist", began);
        var omar = new Person(10001, "Omar Benali", began);
        var bea = new Person(10002, "Bea Costa", began);

        return new Organization(1337, "Harbor Studio", began, greta)
        {
            BillingEmail = "invoices@example.com",
            PlanId = "plan_growth_monthly",
            Members =
            [
                new(omar, Roles.Member),

                // An organization admin: the seed makes this user workspace admin, which the ceiling denies to members
                // (R5).
                new(bea, Roles.Admin),
            ],
            Workspaces =
            [
                new(1, "Task management", began)
                {
                    Type = WorkspaceSettings.Closed,
                    Description = "Manage all tasks and projects inside this workspace.",
                    Members = [new(omar, Roles.Member)],
                },

                // A default workspace adds its members itself (R12).
                new(2, "Contact directory", began)
                {
                    Type = WorkspaceSettings.Default,
                    Description = "Keep track of our contacts here.",
                },
            ],
            Keys = [new(ApiKeyTypes.User, greta, "Greta Lindqvist, owner of the organization, for the Tape surface")],
        };
    }
}
