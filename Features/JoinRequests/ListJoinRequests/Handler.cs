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

namespace WorkspaceService.Features.JoinRequests;

public static partial class ListJoinRequests
{
    /// <param name="Status">Null for all.</param>
    public sealed record Query(Caller Caller, string Workspace, string? Status = null, string? Cursor = null, int Limit = Paging.DefaultLimit)
        : IQuery<Page<JoinRequestObject>>;

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Page<JoinRequestObject>>>
    {
        public async Task<Outcome<Page<JoinRequestObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.WorkspaceAsync(query.Caller, query.Workspace, Need.Inspect(Permissions.Read));
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            var binding = Cursor.Binding(nameof(ListJoinRequests), workspace.Code, query.Status);
            if (!Paging.After(binding, query.Cursor).Succeeded(out var after, out var damaged))
            {
                return damaged;
            }

            var page = new { WorkspaceId = workspace.Id, query.Status, After = after, Count = query.Limit + 1 };
            var rows = await session.ListAsync<JoinRequestObject>(Sql.ListPage, page);
            if (!query.Caller.SeesEmails)
            {
                rows = [.. rows.Select(row => row with { Email = null })];
            }

            return rows.ToPage(query.Limit, binding);
        }
    }
}
