using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ApiKeys;

public static partial class ListApiKeys
{
    /// <param name="OrganizationId">Only keys that reach this organization and no other.</param>
    /// <param name="WorkspaceId">Only keys that are narrowed to this workspace.</param>
    public sealed record Query(
        Caller Caller,
        string? OrganizationId = null,
        string? WorkspaceId = null,
        string? Type = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IListQuery<ApiKeyObject>;

    private sealed class Handler(ConnectionFactory db, ApiKeyAuthenticator authenticator)
        : ListHandler<Query, Reach, ApiKeyObject>(db)
    {
        protected override async ValueTask<Outcome<Reach>> FindAsync(Query query, Session session) =>
            (await ReachAsync(session, query))
                .Then<Reach>(reach => session.Caller.IsService ? Faults.Forbidden : reach);

        protected override async Task<List<ApiKeyObject>> ListAsync(
            Query query, Reach reach, PageRequest page, Session session)
        {
            var statement = reach switch
            {
                { IsManaged: true, WorkspaceId: not null } => Sql.ListOfWorkspace,
                { IsManaged: true, OrganizationId: not null } => Sql.ListOfOrganization,
                { IsManaged: true } => Sql.ListAll,
                { OrganizationId: null, WorkspaceId: null } => Sql.ListManaged,
                _ => Sql.ListOwn,
            };
            var rows = await session.ListAsync<ApiKeyObject>(statement, new
            {
                query.Caller.UserId,
                reach.OrganizationId,
                reach.WorkspaceId,
                query.Type,
                page.After,
                page.Take,
            });
            return rows.ConvertAll(key => key.UsedAt(authenticator.LastUsed(key.Number)));
        }

        // The organization and workspace of the query must be visible; without them a narrowed caller's own apply.
        private static async Task<Outcome<Reach>> ReachAsync(Session session, Query query)
        {
            var caller = query.Caller;
            var reach = new Reach(caller.OrganizationId, caller.WorkspaceId, caller.IsRoot);
            var organizationCode = query.OrganizationId
                ?? (caller.WorkspaceId is null ? caller.OrganizationCode : null);
            if (organizationCode is not null)
            {
                var found = await OrganizationAuthorization.FindAsync(session, organizationCode, Need.Read);
                if (found.Succeeded(out var organization, out var fault))
                {
                    reach = reach with { OrganizationId = organization.Id, IsManaged = organization.IsAdministered };
                }
                else if (query.OrganizationId is not null)
                {
                    return fault;
                }
            }

            if ((query.WorkspaceId ?? caller.WorkspaceCode) is { } workspaceCode)
            {
                var found = await WorkspaceAuthorization.FindAsync(session, workspaceCode, Need.Read);
                if (found.Succeeded(out var workspace, out var fault))
                {
                    reach = reach with { WorkspaceId = workspace.Id, IsManaged = IsAdmin(workspace.OrganizationRole) };
                }
                else if (query.WorkspaceId is not null)
                {
                    return fault;
                }
            }

            return reach;
        }

        private static bool IsAdmin(string? organizationRole) =>
            Roles.Rank(organizationRole) >= Roles.Rank(Roles.Admin);
    }

    /// <param name="OrganizationId">Only keys that reach it and no other; null for any.</param>
    /// <param name="WorkspaceId">Only keys that are narrowed to it; null for any.</param>
    /// <param name="IsManaged">
    /// True where the caller manages all keys in the scope; otherwise it sees its own only.
    /// </param>
    private sealed record Reach(long? OrganizationId, long? WorkspaceId, bool IsManaged);
}
