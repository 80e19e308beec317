using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Invitations;

public static partial class InviteMembers
{
    /// <summary>Invites one person, or says why not.</summary>
    /// <param name="ExpiresAt">Null for 7 days from now.</param>
    public sealed record Command(
        Caller Caller, string Workspace, string? Email, string? Role, DateTimeOffset? ExpiresAt = null)
        : ICommand<Versioned<InvitationObject>>;

    /// <summary>
    /// Invites many people in one transaction, with a result for each; what is wrong with one stops no other.
    /// </summary>
    /// <param name="Beside">What the request says of one person beside the many; it must say nothing.</param>
    public sealed record BatchCommand(
        Caller Caller, string Workspace, IReadOnlyList<Invitee> Invitations, Invitee? Beside = null)
        : ICommand<IReadOnlyList<Result>>;

    public sealed record Invitee(string? Email, string? Role, DateTimeOffset? ExpiresAt = null);

    /// <param name="Outcome">invited, already_pending, already_member or refused.</param>
    /// <param name="Code">Why the address was not invited; null where it was.</param>
    /// <param name="Invitation">With its token; null where none was made.</param>
    public sealed record Result(
        string? Email,
        [property: System.Text.Json.Serialization.JsonPropertyName("result")]
        [property: OneOf("invited", "already_pending", "already_member", "refused")]
        string Outcome,
        string? Code,
        InvitationObject? Invitation) : IHoldsSecret
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public bool HoldsSecret => Invitation is { HoldsSecret: true };
    }

    private static readonly Fault Unreadable = Fault.Invalid([]);

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, WorkspaceAccess, Versioned<InvitationObject>>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Command command, Session session) =>
            WorkspaceAuthorization.FindAsync(session, command.Workspace, Need.Manage(Permissions.MembersManage));

        protected override async Task<Outcome<Versioned<InvitationObject>>> HandleAsync(
            Command command, WorkspaceAccess workspace, Session session)
        {
            var desk = await Desk.OpenAsync(session, workspace);
            return (await desk.InviteAsync(new Invitee(command.Email, command.Role, command.ExpiresAt)))
                .Then<Versioned<InvitationObject>>(invitation => Versioned.Of(invitation));
        }
    }

    private sealed class BatchHandler(ConnectionFactory db)
        : CommandHandler<BatchCommand, WorkspaceAccess, IReadOnlyList<Result>>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(BatchCommand command, Session session) =>
            WorkspaceAuthorization.FindAsync(session, command.Workspace, Need.Manage(Permissions.MembersManage));

        protected override async Task<Outcome<IReadOnlyList<Result>>> HandleAsync(
            BatchCommand command, WorkspaceAccess workspace, Session session)
        {
            var desk = await Desk.OpenAsync(session, workspace);
            var results = new List<Result>();
            foreach (var invitee in command.Invitations)
            {
                var invited = IsReadable(invitee) ? await desk.InviteAsync(invitee) : Unreadable;
                results.Add(invited.Match(
                    invitation => new Result(invitee.Email, "invited", null, invitation),
                    refused => new Result(invitee.Email, OutcomeOf(refused), refused.Code, null)));
            }

            return results;
        }

        private static string OutcomeOf(Fault refused) =>
            refused == InvitationLifecycle.Pending ? "already_pending"
            : refused == Membership.AlreadyMember ? "already_member"
            : "refused";

        private static bool IsReadable(Invitee invitee) =>
            invitee.Email is { } email && ValidationRules.IsEmail(email) && Roles.OfWorkspace.Contains(invitee.Role);
    }

    /// <summary>Where one caller invites to one workspace, with the seats held while it does.</summary>
    private sealed class Desk(Session session, WorkspaceAccess workspace, Inviter inviter, SeatCount seats)
    {
        public static async Task<Desk> OpenAsync(Session session, WorkspaceAccess workspace)
        {
            var seats = await Membership.HoldSeatsAsync(session, workspace.Id);
            var creator = new { Id = await CreatingUser.FindAsync(session, workspace) };
            return new Desk(session, workspace, (await session.FindAsync<Inviter>(Sql.FindInviter, creator))!, seats);
        }

        // Writes nothing where it refuses, so that the others in a batch can go on.
        public async Task<Outcome<InvitationObject>> InviteAsync(Invitee invitee)
        {
            var (email, role) = (invitee.Email!, invitee.Role!);
            if (!InvitationLifecycle.ExpiryOf(invitee.ExpiresAt, session.Now)
                .Succeeded(out var expiresAt, out var outOfRange))
            {
                return outOfRange;
            }

            var address = new { WorkspaceId = workspace.Id, EmailKey = SearchText.Fold(email) };
            var known = (await session.FindAsync<Known>(Sql.FindKnown, address))!;
            if (Refusal(known, role) is { } refusal)
            {
                return refusal;
            }

            if (known.PendingUntil is not null)
            {
                await InvitationLifecycle.ExpireAsync(session, workspace.Id, address.EmailKey);
            }

            var token = SecretText.Create("inv_");
            var (id, code) = await Codes.MintAsync(session, Codes.Invitation);
            await session.ExecuteAsync(Sql.Insert, new
            {
                Id = id,
                Code = code,
                address.WorkspaceId,
                Email = email,
                address.EmailKey,
                Role = role,
                TokenHash = SecretText.Hash(token),
                InvitedBy = inviter.Id,
                ExpiresAt = expiresAt,
                CreatedAt = session.Now,
            });
            seats = seats with { Pending = seats.Pending + 1 };

            var changes = new Changes()
                .Set("email", null, email)
                .Set("role", null, role)
                .Set("expires_at", null, expiresAt);
            await EventLog.AppendAsync(session, "invitation.created", workspace, ("invitation", code), changes);
            return new InvitationObject
            {
                Id = code,
                WorkspaceId = workspace.Code,
                Email = email,
                Role = role,
                Status = "pending",
                ExpiresAt = expiresAt,
                InvitedBy = inviter.Code,
                CreatedAt = session.Now,
                Token = token,
                Number = id,
                Version = 1,
            };
        }

        private Fault? Refusal(Known known, string role)
        {
            var organizationRole = known.OrganizationRole ?? InvitationLifecycle.OrganizationRoleFor(role);
            return known.WorkspaceRole is not null ? Membership.AlreadyMember
                : known.PendingUntil > session.Now ? InvitationLifecycle.Pending
                : Membership.CeilingFault(workspace.HasCeiling, organizationRole, role) is { } exceeds ? exceeds
                : seats.Free == 0 ? Membership.SeatLimitReached(seats)
                : null;
        }
    }

    private sealed record Inviter
    {
        public long Id { get; init; }

        public string Code { get; init; } = "";
    }

    /// <summary>What is known of the person behind an address.</summary>
    private sealed record Known
    {
        public string? OrganizationRole { get; init; }

        public string? WorkspaceRole { get; init; }

        /// <summary>When the invitation expires that is stored as pending; null for none.</summary>
        public DateTimeOffset? PendingUntil { get; init; }
    }
}
