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

public static partial class InviteMembers
{
    /// <summary>Invites one person, or says why not.</summary>
    /// <param name="ExpiresAt">Null for 7 days from now.</param>
    public sealed record Command(Caller Caller, string Workspace, string? Email, string? Role, DateTimeOffset? ExpiresAt = null)
        : ICommand<Versioned<InvitationObject>>;

    /// <summary>Invites many people in one transaction, with a result for each; what is wrong with one stops no other.</summary>
    /// <param name="Beside">What the request says of one person beside the many; it must say nothing.</param>
    public sealed record BatchCommand(Caller Caller, string Workspace, IReadOnlyList<Invitee> Invitations, Invitee? Beside = null)
        : ICommand<IReadOnlyList<Result>>;

    public sealed record Invitee(string? Email, string? Role, DateTimeOffset? ExpiresAt = null);

    /// <param name="Outcome">invited, already_pending, already_member or refused.</param>
    /// <param name="Code">Why the address was not invited; null where it was.</param>
    /// <param name="Invitation">With its token; null where none was made.</param>
    public sealed record Result(
        string? Email,
        [property: System.Text.Json.Serialization.JsonPropertyName("result"), OneOf("invited", "already_pending", "already_member", "refused")]
        string Outcome,
        string? Code,
        InvitationObject? Invitation);

    private static readonly Fault Unreadable = Fault.Invalid([]);

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) :
        IRequestHandler<Command, Outcome<Versioned<InvitationObject>>>,
        IRequestHandler<BatchCommand, Outcome<IReadOnlyList<Result>>>
    {
        public Task<Outcome<Versioned<InvitationObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => InviteOneAsync(session, command, clock.GetUtcNow()), ct);

        public Task<Outcome<IReadOnlyList<Result>>> Handle(BatchCommand command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => InviteManyAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<InvitationObject>>> InviteOneAsync(Session session, Command command, DateTimeOffset now)
        {
            var opened = await Desk.OpenAsync(session, command.Caller, command.Workspace, now);
            if (!opened.Succeeded(out var desk, out var fault))
            {
                return fault;
            }

            var invited = await desk.InviteAsync(new Invitee(command.Email, command.Role, command.ExpiresAt));
            return invited.Match<Outcome<Versioned<InvitationObject>>>(i => new Versioned<InvitationObject>(i, i.Version), refused => refused);
        }

        private static async Task<Outcome<IReadOnlyList<Result>>> InviteManyAsync(Session session, BatchCommand command, DateTimeOffset now)
        {
            var opened = await Desk.OpenAsync(session, command.Caller, command.Workspace, now);
            if (!opened.Succeeded(out var desk, out var fault))
            {
                return fault;
            }

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
    private sealed class Desk
    {
        private readonly Session _session;
        private readonly WorkspaceAccess _workspace;
        private readonly InviterRow _inviter;
        private readonly DateTimeOffset _now;
        private SeatCount _seats;

        private Desk(Session session, WorkspaceAccess workspace, InviterRow inviter, SeatCount seats, DateTimeOffset now) =>
            (_session, _workspace, _inviter, _seats, _now) = (session, workspace, inviter, seats, now);

        public static async Task<Outcome<Desk>> OpenAsync(Session session, Caller caller, string code, DateTimeOffset now)
        {
            var found = await session.WorkspaceAsync(caller, code, Need.Manage(Permissions.MembersManage));
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            var seats = await session.HoldSeatsAsync(workspace.Id, now);
            var inviter = await session.FindAsync<InviterRow>(Sql.FindInviter, new { Id = await session.CreatingUserAsync(caller, workspace) });
            return new Desk(session, workspace, inviter!, seats, now);
        }

        // Writes nothing where it refuses, so that the others in a batch can go on.
        public async Task<Outcome<InvitationObject>> InviteAsync(Invitee invitee)
        {
            var (email, role) = (invitee.Email!, invitee.Role!);
            if (!InvitationLifecycle.ExpiryOf(invitee.ExpiresAt, _now).Succeeded(out var expiresAt, out var outOfRange))
            {
                return outOfRange;
            }

            var address = new { WorkspaceId = _workspace.Id, EmailKey = ValidationRules.Fold(email) };
            var known = (await _session.FindAsync<Known>(Sql.FindKnown, address))!;
            if (Refusal(known, role) is { } refusal)
            {
                return refusal;
            }

            if (known.PendingUntil is not null)
            {
                await _session.ExpireInvitationAsync(_workspace.Id, address.EmailKey, _now);
            }

            var token = InvitationToken.Create();
            var (id, code) = await _session.MintAsync(Codes.Invitation, _now);
            await _session.ExecuteAsync(Sql.Insert, new
            {
                Id = id,
                Code = code,
                address.WorkspaceId,
                Email = email,
                address.EmailKey,
                Role = role,
                TokenHash = InvitationToken.Hash(token),
                InvitedBy = _inviter.Id,
                ExpiresAt = expiresAt,
                CreatedAt = _now,
            });
            _seats = _seats with { Pending = _seats.Pending + 1 };

            var changes = new Changes().Set("email", null, email).Set("role", null, role).Set("expires_at", null, expiresAt);
            await _session.AppendAsync(
                _now, "invitation.created", _workspace.OrganizationCode, _workspace.Code, ("invitation", code), changes);
            return new InvitationObject
            {
                Id = code,
                WorkspaceId = _workspace.Code,
                Email = email,
                Role = role,
                Status = "pending",
                ExpiresAt = expiresAt,
                InvitedBy = _inviter.Code,
                CreatedAt = _now,
                Token = token,
                Number = id,
                Version = 1,
            };
        }

        private Fault? Refusal(Known known, string role) =>
            known.WorkspaceRole is not null ? Membership.AlreadyMember
            : known.PendingUntil > _now ? InvitationLifecycle.Pending
            : _workspace.HasCeiling && Roles.Rank(role) > Roles.Rank(known.OrganizationRole ?? InvitationLifecycle.OrganizationRoleFor(role))
                ? Faults.RoleExceedsOrganizationRole
            : _seats.Free == 0 ? Membership.SeatLimitReached(_seats)
            : null;
    }

    private sealed record InviterRow
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
