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

namespace WorkspaceService.Features.Users;

public static partial class ListUsers
{
    /// <param name="OrganizationId">Only its members; for those who administer it.</param>
    /// <param name="Q">Found anywhere in name or e-mail address, without regard to case.</param>
    public sealed record Query(
        Caller Caller,
        string? OrganizationId = null,
        string? Status = null,
        string? Q = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IQuery<Page<UserObject>>;

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Page<UserObject>>>
    {
        public async Task<Outcome<Page<UserObject>>> Handle(Query query, CancellationToken ct)
        {
            var caller = query.Caller;
            await using var session = await db.OpenAsync(ct);
            var organizationId = caller.IsService ? caller.OrganizationId : null;
            if (query.OrganizationId is { } code)
            {
                var found = await session.OrganizationAsync(caller, code, Need.Inspect(Permissions.Read));
                if (!found.Succeeded(out var organization, out var fault))
                {
                    return fault;
                }

                organizationId = organization.Id;
            }

            if (!caller.May(Permissions.Read))
            {
                return Faults.Forbidden;
            }

            var binding = Cursor.Binding(nameof(ListUsers), query.OrganizationId, query.Status, query.Q);
            if (!Paging.After(binding, query.Cursor).Succeeded(out var after, out var damaged))
            {
                return damaged;
            }

            if (caller.IsService && caller.WorkspaceId is not null)
            {
                return new Page<UserObject>([], null);
            }

            var statement = organizationId is not null ? Sql.ListOfOrganization : caller.IsRoot ? Sql.List : Sql.ListVisible;
            var rows = await session.ListAsync<UserObject>(statement, new
            {
                OrganizationId = organizationId,
                caller.UserId,
                OnlyOrganizationId = caller.OrganizationId,
                Administers = caller.WorkspaceId is null ? 1 : 0,
                query.Status,
                Q = ValidationRules.Contains(query.Q),
                SeesEmails = caller.SeesEmails ? 1 : 0,
                After = after,
                query.Limit,
            });
            return rows.ConvertAll(u => u.SeenBy(caller)).ToPage(query.Limit, binding);
        }
    }
}
