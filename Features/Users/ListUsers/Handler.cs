using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Users;

public static partial class ListUsers
{
    /// <param name="OrganizationId">Only its members; for those who administer it.</param>
    /// <param name="Q">Found anywhere in name or e-mail address, without regard to case and accents.</param>
    /// <param name="Email">Only the user with this address, whatever its case.</param>
    public sealed record Query(
        Caller Caller,
        string? OrganizationId = null,
        string? Status = null,
        string? Q = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit,
        string? Email = null) : IListQuery<UserObject>;

    private sealed class Handler(ConnectionFactory db) : ListHandler<Query, Reach, UserObject>(db)
    {
        protected override async ValueTask<Outcome<Reach>> FindAsync(Query query, Session session)
        {
            if (query.OrganizationId is { } code)
            {
                return (await OrganizationAuthorization.FindAsync(session, code, Need.Inspect(Permissions.Read)))
                    .Then<Reach>(organization => new Reach(organization.Id));
            }

            var caller = query.Caller;
            return caller.May(Permissions.Read)
                ? new Reach(caller.IsService ? caller.OrganizationId : null, WithManaged: true)
                : Faults.Forbidden;
        }

        protected override async Task<List<UserObject>> ListAsync(
            Query query, Reach reach, PageRequest page, Session session)
        {
            var caller = query.Caller;
            if (caller.IsService && caller.WorkspaceId is not null)
            {
                return [];
            }

            // An address is that of one user: the list begins and ends there, whatever the organization has beside it.
            var (after, last) = (page.After, long.MaxValue);
            if (query.Email is { } email)
            {
                if (!caller.SeesEmails
                    || await UserRecords.FindByEmailAsync(session, email) is not { } user
                    || user.Id <= after)
                {
                    return [];
                }

                (after, last) = (user.Id - 1, user.Id);
            }

            var statement = reach.OrganizationId is not null
                    ? reach.WithManaged ? Sql.ListOfServiceKey : Sql.ListOfOrganization
                : caller.IsRoot ? Sql.List
                : Sql.ListVisible;
            var rows = await session.ListAsync<UserObject>(statement, new
            {
                reach.OrganizationId,
                caller.UserId,
                OnlyOrganizationId = caller.OrganizationId,
                Administers = caller.WorkspaceId is null ? 1 : 0,
                query.Status,
                Q = SearchText.Pattern(query.Q),
                SeesEmails = caller.SeesEmails ? 1 : 0,
                After = after,
                Last = last,
                query.Limit,
            });
            return rows.ConvertAll(user => user.SeenBy(caller));
        }
    }

    /// <param name="OrganizationId">
    /// The one organization whose members are listed; null for all users that the caller sees.
    /// </param>
    /// <param name="WithManaged">True where users count that the organization manages and who are no members.</param>
    private sealed record Reach(long? OrganizationId, bool WithManaged = false);
}
