using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>The caller's access to a workspace, and one invitation to it.</summary>
public sealed record InvitationAccess(WorkspaceAccess Workspace, InvitationRow Invitation) : IVersioned
{
    public long Version => Invitation.Version;
}

/// <summary>Authorization for managing and for answering an invitation.</summary>
public static class InvitationAuthorization
{
    private static readonly Fault NotInvitee = Fault.Forbidden(
        "forbidden", "The invitation is for another address; only the user who has it may answer, with a user key.");

    /// <summary>403: a user has the invited address.</summary>
    internal static readonly Fault InviteeMustAnswer =
        Fault.Forbidden("forbidden", "A user has the invited address, and answers with its own key.");

    /// <summary>
    /// The invitation with this code in a workspace, if the caller meets <paramref name="need"/> there.
    /// </summary>
    public static async ValueTask<Outcome<InvitationAccess>> FindAsync(
        Session session, string workspaceCode, string code, Need need)
    {
        if (!(await WorkspaceAuthorization.FindAsync(session, workspaceCode, need))
            .Succeeded(out var workspace, out var fault))
        {
            return fault;
        }

        return await InvitationLifecycle.FindAsync(session, workspace.Id, code) is { } invitation
            ? new InvitationAccess(workspace, invitation)
            : Faults.NotFound;
    }

    /// <summary>
    /// The pending invitation with this token, if the caller may answer it: the user with the invited address; where no
    /// user has it, root or a service key of the organization with <c>members:manage</c>.
    /// </summary>
    public static async ValueTask<Outcome<InvitationRow>> FindAnswerableAsync(Session session, string token)
    {
        var caller = session.Caller;
        await WriteLocks.OrganizationOfInvitationAsync(session, SecretText.Hash(token));
        if (await InvitationLifecycle.FindByTokenAsync(session, token) is not { } invitation)
        {
            return Faults.NotFound;
        }

        WriteLocks.Found(session, SecretText.Hash(token));
        var mayAnswer = caller.Kind switch
        {
            CallerKind.Root => true,
            CallerKind.User => caller.UserId == invitation.InviteeId && Reaches(caller, invitation),
            _ => caller.May(Permissions.MembersManage) && caller.WorkspaceId is null && Reaches(caller, invitation),
        };

        return !mayAnswer ? NotInvitee
            : InvitationLifecycle.GoneBy(invitation.Status) is { } gone ? gone
            : caller.UserId is null && invitation.InviteeId is not null ? InviteeMustAnswer
            : invitation.OrganizationStatus != OrganizationSettings.Active && !caller.IsRoot
                ? Faults.OrganizationSuspended
            : invitation.WorkspaceStatus == WorkspaceLifecycle.Archived ? Faults.WorkspaceArchived
            : invitation;
    }

    private static bool Reaches(Caller caller, InvitationRow invitation) =>
        caller.Reaches(invitation.OrganizationId)
        && (caller.WorkspaceId is null || caller.WorkspaceId == invitation.WorkspaceId);
}
