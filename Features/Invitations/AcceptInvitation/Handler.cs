using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Invitations;

public static partial class AcceptInvitation
{
    /// <param name="Name">The person's, where no user has the invited address yet and a key accepts on its behalf.</param>
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
            var refusal = invitation.InviteeWorkspaceRole is { } role
                ? await RiseAsync(session, invitation, user, role, now)
                : await JoinAsync(session, invitation, user, now);
            if (refusal is not null)
            {
                return refusal;
            }

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
            // Into the workspace first: a default workspace then takes nobody in who comes in by an invitation.
            if (await session.AddMemberAsync(invitation.WorkspaceId, user.Id, invitation.Role, now) is { } full)
            {
                return full;
            }

            if (invitation.InviteeOrganizationRole is null)
            {
                var role = InvitationLifecycle.OrganizationRoleFor(invitation.Role);
                var organization = (invitation.OrganizationId, invitation.OrganizationCode);
                if (await session.AddOrganizationMemberAsync(organization, user, role, now) is { } refusal)
                {
                    return refusal;
                }
            }

            await RecordAsync(session, invitation, "member.added", user, before: null, invitation.Role, now);
            return null;
        }

        // Who was taken into a default workspace while invited to it is a member already; accepting never takes rank away.
        private static async Task<Fault?> RiseAsync(
            Session session, InvitationRow invitation, UserKey user, string role, DateTimeOffset now)
        {
            if (Roles.Rank(invitation.Role) <= Roles.Rank(role))
            {
                return null;
            }

            var member = (await session.FindMemberAsync(invitation.WorkspaceId, user.Code))!;
            if (await session.ChangeMemberRoleAsync(invitation.WorkspaceId, member, invitation.Role) is { } refusal)
            {
                return refusal;
            }

            await RecordAsync(session, invitation, "member.role_changed", user, role, invitation.Role, now);
            return null;
        }

        private static Task RecordAsync(
            Session session, InvitationRow invitation, string type, UserKey user, string? before, string after, DateTimeOffset now) =>
            session.AppendAsync(
                now,
                type,
                invitation.OrganizationCode,
                invitation.WorkspaceCode,
                ("user", user.Code),
                new Changes().Set("role", before, after));
    }
}
