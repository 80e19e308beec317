using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Invitations;

public static partial class ListOwnInvitations
{
    public sealed record Query(Caller Caller, string Own) : IQuery<Response>;

    /// <param name="Invites">Sent for the caller's own workspace.</param>
    /// <param name="MyInvites">Sent to the caller's own address, by any workspace that its key reaches.</param>
    public sealed record Response(IReadOnlyList<Invite> Invites, IReadOnlyList<Invite> MyInvites);

    /// <example>
    /// {
    ///   "id": 3,
    ///   "name": null,
    ///   "email": "ada@example.com",
    ///   "state": "pending",
    ///   "created_at": "2026-04-01T09:00:00Z",
    ///   "sender_email": "grace@example.com",
    ///   "sender_avatar_image_link": null
    /// }
    /// </example>
    public sealed record Invite
    {
        public long Id { get; init; }

        /// <summary>
        /// Of a sent one the invited person's, null where the organization sees no user with the address; of a received
        /// one the workspace's.
        /// </summary>
        public string? Name { get; init; }

        /// <summary>Null for callers with a publishable key.</summary>
        public string? Email { get; init; }

        [OneOf(InvitationLifecycle.Pending)]
        public string State { get; init; } = "";

        public DateTimeOffset CreatedAt { get; init; }

        /// <summary>Null for callers with a publishable key.</summary>
        public string? SenderEmail { get; init; }

        public string? SenderAvatarImageLink { get; init; }
    }

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, Response>(db)
    {
        protected override async Task<Outcome<Response>> HandleAsync(Query query, Session session)
        {
            var caller = query.Caller;
            var found = await WorkspaceAuthorization.FindAsync(session, query.Own, Need.Belong);

            // A user without a workspace may have received invitations.
            if (!found.Succeeded(out var workspace, out var fault)
                && (fault != Faults.NotFound || caller.UserId is null))
            {
                return fault;
            }

            var sent = workspace is null
                ? []
                : await session.ListAsync<Invite>(Sql.ListSent, new { WorkspaceId = workspace.Id, session.Now });
            var mine = new { UserId = caller.UserId ?? 0, caller.OrganizationId, caller.WorkspaceId, session.Now };
            var received = await session.ListAsync<Invite>(Sql.ListReceived, mine);
            return new Response(caller.SeesEmails ? sent : sent.ConvertAll(WithoutEmails), received);
        }

        private static Invite WithoutEmails(Invite invite) => invite with { Email = null, SenderEmail = null };
    }
}
