using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Invitations;

public static partial class AcceptInvitation
{
    /// <param name="Name">
    /// The person's, where no user has the invited address yet and a key accepts on its behalf.
    /// </param>
    public sealed record Command(Caller Caller, string Token, string? Name = null, Precondition IfMatch = default)
        : ICommand<Versioned<Response>>;

    /// <summary>The accepted invitation, and the user who is a member by it now.</summary>
    /// <example>
    /// {
    ///   "id": "INV-26-000007",
    ///   "workspace_id": "WS-26-000021",
    ///   "email": "ada@example.com",
    ///   "role": "member",
    ///   "status": "accepted",
    ///   "expires_at": "2026-04-08T09:00:00Z",
    ///   "invited_by": "USR-26-000044",
    ///   "created_at": "2026-04-01T09:00:00Z",
    ///   "user_id": "USR-26-000081"
    /// }
    /// </example>
    public sealed record Response : InvitationObject
    {
        public Response()
        {
        }

        public Response(InvitationObject invitation, string userId) : base(invitation) => UserId = userId;

        public string UserId { get; init; } = "";
    }

    private static readonly Fault NameRequired =
        Fault.Invalid("/name", "required", "No user has the invited address yet; give the person's name.");

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, InvitationRow, Versioned<Response>>(db)
    {
        protected override ValueTask<Outcome<InvitationRow>> FindAsync(Command command, Session session) =>
            InvitationAuthorization.FindAnswerableAsync(session, command.Token);

        protected override async Task<Outcome<Versioned<Response>>> HandleAsync(
            Command command, InvitationRow invitation, Session session)
        {
            if (invitation.CeilingFault is { } exceeds)
            {
                return exceeds;
            }

            if (!(await InviteeAsync(session, invitation, command.Name)).Succeeded(out var user, out var unknown))
            {
                return unknown;
            }

            // The invitation frees its seat before the member takes one, so accepting works at the seat limit.
            await InvitationLifecycle.CloseAsync(session, invitation, InvitationLifecycle.Accepted);
            var refusal = invitation.InviteeWorkspaceRole is { } role
                ? await PromoteAsync(session, invitation, user, role)
                : await JoinAsync(session, invitation, user);
            if (refusal is not null)
            {
                return refusal;
            }

            return (await InvitationObject.ReadAsync(session, invitation.Id))
                .Select(accepted => new Response(accepted, user.Code));
        }

        private static async Task<Outcome<UserKey>> InviteeAsync(
            Session session, InvitationRow invitation, string? name) =>
            invitation.InviteeId is { } id
                ? new UserKey { Id = id, Code = invitation.InviteeCode!, Status = UserObject.Active }
            : name is null ? NameRequired
            // Another organization may have made the user meanwhile.
            : (await UserRecords.AddAsync(session, invitation.Organization, name, invitation.Email)).Match(
                user => (Outcome<UserKey>)user,
                fault => fault == Faults.EmailTaken ? InvitationAuthorization.InviteeMustAnswer : fault);

        private static async Task<Fault?> JoinAsync(Session session, InvitationRow invitation, UserKey user)
        {
            var role = invitation.InviteeOrganizationRole;
            if (role is null)
            {
                role = InvitationLifecycle.OrganizationRoleFor(invitation.Role);
                if (await OrganizationMembership.AddAsync(
                    session, invitation.Organization, user, role, invitedTo: invitation.WorkspaceId) is { } refusal)
                {
                    return refusal;
                }
            }

            var invitee = new Invitee(user.Id, user.Code, role);
            return await Membership.AddAsync(session, invitation.Workspace, invitee, invitation.Role);
        }

        // The invitee is a member already, such as by a default workspace; accepting never lowers the role.
        private static async Task<Fault?> PromoteAsync(
            Session session, InvitationRow invitation, UserKey user, string role)
        {
            if (Roles.Rank(invitation.Role) <= Roles.Rank(role))
            {
                return null;
            }

            var member = (await Membership.FindAsync(session, invitation.WorkspaceId, user.Code))!;
            return await Membership.ChangeRoleAsync(session, invitation.Workspace, member, invitation.Role);
        }
    }

    private sealed record Invitee(long Id, string Code, string? OrganizationRole) : IPerson
    {
        // The one that is being accepted was the only one.
        public string? PendingInvitation => null;
    }
}
