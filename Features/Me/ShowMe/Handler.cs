using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Me;

public static partial class ShowMe
{
    public sealed record Query(Caller Caller) : IQuery<Response>;

    /// <param name="Kind">root, user, secret or publishable.</param>
    /// <param name="User">Whom a user key stands for; null for every other key.</param>
    /// <param name="Organization">
    /// The one that the key names; for a key that names none, the one its user belongs to, if exactly one; otherwise
    /// null.
    /// </param>
    /// <param name="Permissions">A service key's; null for root and user keys, which have their role's powers.</param>
    /// <example>
    /// {
    ///   "kind": "user",
    ///   "user": { "id": "USR-26-000044", "name": "Sam Rivera", "email": "sam@example.com" },
    ///   "organization": { "id": "ORG-26-090500", "name": "Apex Digital", "slug": "apex-digital", "role": "owner" },
    ///   "scope": { "organization_id": null, "workspace_id": null },
    ///   "permissions": null
    /// }
    /// </example>
    public sealed record Response(
        [property: OneOf(typeof(ApiKeyTypes), nameof(ApiKeyTypes.All))] string Kind,
        UserPart? User,
        OrganizationPart? Organization,
        ScopePart Scope,
        IReadOnlyList<string>? Permissions);

    public sealed record UserPart
    {
        public string Id { get; init; } = "";

        public string Name { get; init; } = "";

        public string Email { get; init; } = "";
    }

    public sealed record OrganizationPart
    {
        public string Id { get; init; } = "";

        public string Name { get; init; } = "";

        public string Slug { get; init; } = "";

        /// <summary>The user's role in it; null for service keys.</summary>
        public string? Role { get; init; }
    }

    /// <summary>What the key is narrowed to; null is not narrowed.</summary>
    public sealed record ScopePart(string? OrganizationId, string? WorkspaceId);

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, Response>(db)
    {
        protected override async Task<Outcome<Response>> HandleAsync(Query query, Session session)
        {
            var caller = query.Caller;
            var who = new { caller.UserId, caller.OrganizationId };
            var user = caller.UserId is null ? null : await session.FindAsync<UserPart>(Sql.FindUser, who);
            var organization =
                caller.UserId is not null ? await session.FindAsync<OrganizationPart>(Sql.FindOrganizationOfUser, who)
                : caller.OrganizationId is not null
                    ? await session.FindAsync<OrganizationPart>(Sql.FindOrganization, who)
                : null;

            return new Response(
                caller.Kind.ToString().ToLowerInvariant(),
                user,
                organization,
                new ScopePart(caller.OrganizationCode, caller.WorkspaceCode),
                caller.Permissions is { } permissions ? [.. Permissions.All.Where(permissions.Contains)] : null);
        }
    }
}
