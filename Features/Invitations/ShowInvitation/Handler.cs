using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Invitations;

public static partial class ShowInvitation
{
    public sealed record Query(string Token) : IQuery<Versioned<Response>>;

    /// <param name="Role">The workspace role that accepting gives.</param>
    /// <param name="Status">pending, accepted, declined, revoked or expired.</param>
    /// <example>
    /// {
    ///   "organization": { "id": "ORG-26-090500", "name": "Apex Digital" },
    ///   "workspace": { "id": "WS-26-000021", "name": "Platform Engineering" },
    ///   "role": "member",
    ///   "status": "pending",
    ///   "inviter": { "name": "Sam Rivera" },
    ///   "expires_at": "2026-04-08T09:00:00Z"
    /// }
    /// </example>
    public sealed record Response(
        Place Organization, Place Workspace, string Role, string Status, Person Inviter, DateTimeOffset ExpiresAt);

    public sealed record Place(string Id, string Name);

    public sealed record Person(string Name);

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, Versioned<Response>>(db)
    {
        protected override async Task<Outcome<Versioned<Response>>> HandleAsync(Query query, Session session)
        {
            var opened = new { TokenHash = SecretText.Hash(query.Token), session.Now };
            if (await session.FindAsync<Row>(Sql.Find, opened) is not { } row)
            {
                return Faults.NotFound;
            }

            var shown = new Response(
                new Place(row.OrganizationCode, row.OrganizationName),
                new Place(row.WorkspaceCode, row.WorkspaceName),
                row.Role,
                row.Status,
                new Person(row.InviterName),
                row.ExpiresAt);
            return new Versioned<Response>(shown, row.Version);
        }
    }

    private sealed record Row
    {
        public string OrganizationCode { get; init; } = "";

        public string OrganizationName { get; init; } = "";

        public string WorkspaceCode { get; init; } = "";

        public string WorkspaceName { get; init; } = "";

        public string Role { get; init; } = "";

        public string Status { get; init; } = "";

        public string InviterName { get; init; } = "";

        public DateTimeOffset ExpiresAt { get; init; }

        public long Version { get; init; }
    }
}
