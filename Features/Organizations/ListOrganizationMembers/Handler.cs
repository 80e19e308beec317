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

public static partial class ListOrganizationMembers
{
    /// <param name="Q">Found anywhere in name or e-mail address, without regard to case.</param>
    public sealed record Query(
        Caller Caller,
        string Organization,
        string? Role = null,
        string? Status = null,
        string? Q = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IQuery<Page<MemberObject>>;

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Page<MemberObject>>>
    {
        public async Task<Outcome<Page<MemberObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.OrganizationAsync(query.Caller, query.Organization, Need.Inspect(Permissions.Read));
            if (!found.Succeeded(out var organization, out var fault))
            {
                return fault;
            }

            var binding = Cursor.Binding(nameof(ListOrganizationMembers), organization.Code, query.Role, query.Status, query.Q);
            if (!Paging.After(binding, query.Cursor).Succeeded(out var after, out var damaged))
            {
                return damaged;
            }

            var rows = await session.ListAsync<MemberObject>(Sql.List, new
            {
                OrganizationId = organization.Id,
                query.Role,
                query.Status,
                Q = ValidationRules.Contains(query.Q),
                SeesEmails = query.Caller.SeesEmails ? 1 : 0,
                After = after,
                Take = query.Limit + 1,
            });
            return rows.ConvertAll(m => m.SeenBy(query.Caller)).ToPage(query.Limit, binding);
        }
    }
}
