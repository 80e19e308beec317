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

namespace WorkspaceService.Features.Organizations;

public static partial class ListOrganizations
{
    /// <param name="Q">Found anywhere in name or slug, without regard to case.</param>
    public sealed record Query(Caller Caller, string? Status = null, string? Q = null, string? Cursor = null, int Limit = Paging.DefaultLimit)
        : IQuery<Page<OrganizationObject>>;

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Page<OrganizationObject>>>
    {
        public async Task<Outcome<Page<OrganizationObject>>> Handle(Query query, CancellationToken ct)
        {
            var caller = query.Caller;
            if (!caller.May(Permissions.Read))
            {
                return Faults.Forbidden;
            }

            var binding = Cursor.Binding(nameof(ListOrganizations), query.Status, query.Q);
            if (!Paging.After(binding, query.Cursor).Succeeded(out var after, out var damaged))
            {
                return damaged;
            }

            if (caller.WorkspaceId is not null)
            {
                return new Page<OrganizationObject>([], null);
            }

            await using var session = await db.OpenAsync(ct);
            var rows = await session.ListAsync<OrganizationObject>(caller.UserId is null ? Sql.List : Sql.ListOfUser, new
            {
                caller.UserId,
                First = caller.OrganizationId ?? 0,
                Last = caller.OrganizationId ?? long.MaxValue,
                query.Status,
                Q = ValidationRules.Contains(query.Q),
                After = after,
                Take = query.Limit + 1,
            });
            return rows.ConvertAll(o => o.SeenBy(caller)).ToPage(query.Limit, binding);
        }
    }
}
