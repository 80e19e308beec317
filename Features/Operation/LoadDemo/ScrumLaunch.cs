using WorkspaceService.Features.Invitations;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Operation;

public static partial class LoadDemo
{
    /// <summary>
    /// The workspace of the V4 surface's seed, with 30 seats; values that the seed does not give are invented.
    /// </summary>
    private static Organization ScrumLaunch()
    {
        var began = new DateTimeOffset(2025, 9, 1, 9, 0, 0, TimeSpan.Zero);

        var grace = new Person(1, "Grace Field", began);
        var ada = new Person(21, "Ada Moreau", began);
        var workspace = new Workspace(3, "Scrum Launch", began) { SeatLimit = 30 };

        return new Organization(30, "Scrum Launch", began, grace)
        {
            BillingEmail = "bills@example.com",
            Members = [new(ada, Roles.Member)],
            Workspaces = [workspace],

            // At the current time, because an invitation expires after 7 days.
            AfterSetup = sender => sender.SendNowAsync(
                new InviteMembers.Command(Root, workspace.Code, ada.Email, Roles.Member)),
            Keys = [new(ApiKeyTypes.User, grace, "Grace Field, owner of the organization, for the V4 surface")],
        };
    }
}
