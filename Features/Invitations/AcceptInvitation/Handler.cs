using MediatR;
using WorkspaceService.Infrastructure;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Objects;
using WorkspaceService.Infrastructure.Security;
using Life = WorkspaceService.Infrastructure.Invitations;

namespace WorkspaceService.Features.Invitations;

public static partial class AcceptInvitation
{
    /// <param name="Name">The person's, where no user has the invited address yet and a key accepts on its behalf.</param>
    public sealed record Command(Caller Caller, string Token, string? Name = null, Precondition IfMatch = default)
        : ICommand<Versioned<Response>>;

    /// <summary>The accepted invitation, and the user who is a member by it now.</summary>
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

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<Response>>>
    {
        public Task<Outcome<Versioned<Response>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => AcceptAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<Response>>> AcceptAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.FindAnswerableAsync(command.Caller, command.Token, command.IfMatch, now);
            if (!found.Succeeded(out var invitation, out var fault))
            {
                return fault;
            }

            if (invitation.InviteeWorkspaceRole is not null)
            {
                return Membership.AlreadyMember;
            }

            if (invitation.ExceedsOrganizationRole)
            {
                return Faults.RoleExceedsOrganizationRole;
            }

            var person = await PersonAsync(session, invitation, command.Name, now);
            if (!person.Succeeded(out var user, out var unknown))
            {
                return unknown;
            }

            // First the invitation gives its seat up, then the member takes it: so accepting works at the limit.
            await session.CloseInvitationAsync(invitation, "accepted", now);
            var refusal = await session.AddMemberAsync(invitation.WorkspaceId, user.Id, invitation.Role, now)
                ?? (invitation.InviteeOrganizationRole is null ? await JoinAsync(session, invitation, user, now) : null);
            if (refusal is not null)
            {
                return refusal;
            }

            await session.RecordAsync(
                now,
                "member.added",
                invitation.OrganizationCode,
                invitation.WorkspaceCode,
                ("user", user.Code),
                new Changes().Set("role", null, invitation.Role));
            var accepted = await session.ReadInvitationAsync(invitation.Id, now);
            return new Versioned<Response>(new Response(accepted.Value, user.Code), accepted.Version);
        }

        private static async Task<Outcome<UserKey>> PersonAsync(
            Session session, InvitationRow invitation, string? name, DateTimeOffset now) =>
            invitation.InviteeId is { } id ? new UserKey { Id = id, Code = invitation.InviteeCode!, Status = "active" }
            : name is null ? NameRequired
            : await session.InsertUserAsync(invitation.OrganizationCode, name, invitation.Email, avatarUrl: null, now);

        private static async Task<Fault?> JoinAsync(Session session, InvitationRow invitation, UserKey user, DateTimeOffset now)
        {
            var role = Life.OrganizationRoleFor(invitation.Role);
            if (await session.AddOrganizationMemberAsync(invitation.OrganizationId, user.Id, role, now) is { } refusal)
            {
                return refusal;
            }

            await session.RecordAsync(
                now,
                "organization.member_added",
                invitation.OrganizationCode,
                null,
                ("user", user.Code),
                new Changes().Set("role", null, role));
            return null;
        }
    }
}
