using WorkspaceService.Features.Invitations;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Operation;

public static partial class LoadDemo
{
    /// <summary>The workspace of the V4 surface's seed, with 30 seats; what the seed does not say is made up.</summary>
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

            // Now, for an invitation lasts seven days.
            Then = stage => stage.DoNow(new InviteMembers.Command(Root, workspace.Code, ada.Email, Roles.Member)),
            Keys = [new(ApiKeyTypes.User, grace, "Grace Field, owner of the organization, for the V4 surface")],
        };
    }
}
