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
        [property: OneOf(typeof(Result), nameof(Result.Outcomes))]
        string Outcome,
        string? Code,
        InvitationObject? Invitation) : IHoldsSecret
    {
        internal const string Invited = "invited";
        internal const string AlreadyPending = "already_pending";
        internal const string AlreadyMember = "already_member";
        internal const string Refused = "refused";

        public static readonly string[] Outcomes = [Invited, AlreadyPending, AlreadyMember, Refused];

        [System.Text.Json.Serialization.JsonIgnore]
        public bool HoldsSecret => Invitation is { HoldsSecret: true };
    }

    private static readonly Fault Invalid = Fault.Invalid([]);

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, WorkspaceAccess, Versioned<InvitationObject>>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Command command, Session session) =>
            WorkspaceAuthorization.FindAsync(session, command.Workspace, Need.Manage(Permissions.MembersManage));

        protected override async Task<Outcome<Versioned<InvitationObject>>> HandleAsync(
            Command command, WorkspaceAccess workspace, Session session)
        {
            var inviting = await Inviting.BeginAsync(session, workspace);
            return (await inviting.InviteAsync(new Invitee(command.Email, command.Role, command.ExpiresAt)))
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
            var inviting = await Inviting.BeginAsync(session, workspace);
            var results = new List<Result>();
            foreach (var invitee in command.Invitations)
            {
                var invited = IsValid(invitee) ? await inviting.InviteAsync(invitee) : Invalid;
                results.Add(invited.Match(
                    invitation => new Result(invitee.Email, Result.Invited, null, invitation),
                    refused => new Result(invitee.Email, OutcomeOf(refused), refused.Code, null)));
            }

            return results;
        }

        private static string OutcomeOf(Fault refused) =>
            refused == InvitationLifecycle.AlreadyPending ? Result.AlreadyPending
            : refused == Membership.AlreadyMember ? Result.AlreadyMember
            : Result.Refused;

        private static bool IsValid(Invitee invitee) =>
            invitee.Email is { } email && EmailAddress.Normalize(email) is not null
                && Roles.OfWorkspace.Contains(invitee.Role);
    }

    /// <summary>Invites to one workspace, with its seats locked until the transaction ends.</summary>
    private sealed class Inviting(Session session, WorkspaceAccess workspace, Inviter inviter, SeatCount seats)
    {
        public static async Task<Inviting> BeginAsync(Session session, WorkspaceAccess workspace)
        {
            var seats = await Membership.CountSeatsAsync(session, workspace.Id);
            var creator = new { Id = await CreatingUser.FindAsync(session, workspace) };
            return new Inviting(
                session, workspace, (await session.FindAsync<Inviter>(Sql.FindInviter, creator))!, seats);
        }

        // A fault is returned before the first write, so that the rest of a batch can be committed.
        public async Task<Outcome<InvitationObject>> InviteAsync(Invitee invitee)
        {
            var (email, role) = (EmailAddress.Normalize(invitee.Email!)!, invitee.Role!);
            if (!InvitationLifecycle.ExpiryOf(invitee.ExpiresAt, session.Now)
                .Succeeded(out var expiresAt, out var outOfRange))
            {
                return outOfRange;
            }

            var address = new { WorkspaceId = workspace.Id, EmailKey = EmailAddress.Key(email) };
            var recipient = (await session.FindAsync<Recipient>(Sql.FindRecipient, address))!;
            if (FaultFor(recipient, role) is { } fault)
            {
                return fault;
            }

            if (recipient.PendingUntil is not null)
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
                Search = EmailAddress.Search(email),
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
                Status = InvitationLifecycle.Pending,
                ExpiresAt = expiresAt,
                InvitedBy = inviter.Code,
                CreatedAt = session.Now,
                Token = token,
                Number = id,
                Version = 1,
            };
        }

        private Fault? FaultFor(Recipient recipient, string role)
        {
            var organizationRole = recipient.OrganizationRole ?? InvitationLifecycle.OrganizationRoleFor(role);
            return InvitationLifecycle.DeactivationFault(recipient.OrganizationRole, recipient.UserStatus)
                    is { } deactivated ? deactivated
                : recipient.WorkspaceRole is not null ? Membership.AlreadyMember
                : recipient.PendingUntil > session.Now ? InvitationLifecycle.AlreadyPending
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

    /// <summary>The user with an address, and the pending invitation to it.</summary>
    private sealed record Recipient
    {
        public string? OrganizationRole { get; init; }

        public string? WorkspaceRole { get; init; }

        /// <summary>active or deactivated; null where no user has the address.</summary>
        public string? UserStatus { get; init; }

        /// <summary>The expiry of the invitation that is stored as pending; null for none.</summary>
        public DateTimeOffset? PendingUntil { get; init; }
    }
}
