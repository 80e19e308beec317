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

public static partial class ListUserWorkspaces
{
    public sealed record Query(Caller Caller, string User, string? Status = null, string? Cursor = null, int Limit = Paging.DefaultLimit)
        : IQuery<Page<UserWorkspace>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Query, Outcome<Page<UserWorkspace>>>
    {
        public async Task<Outcome<Page<UserWorkspace>>> Handle(Query query, CancellationToken ct)
        {
            var caller = query.Caller;
            await using var session = await db.OpenAsync(ct);
            var found = await session.UserAsync(caller, query.User);
            if (!found.Succeeded(out var user, out var fault))
            {
                return fault;
            }

            if (!caller.May(Permissions.Read))
            {
                return Faults.Forbidden;
            }

            var binding = Cursor.Binding(nameof(ListUserWorkspaces), user.Code, query.Status);
            if (!Paging.After(binding, query.Cursor).Succeeded(out var after, out var damaged))
            {
                return damaged;
            }

            var rows = await session.ListAsync<UserWorkspace>(Sql.List, new
            {
                UserId = user.Id,
                CallerId = caller.UserId ?? 0,
                Everywhere = caller.UserId is null || caller.UserId == user.Id ? 1 : 0,
                OnlyOrganizationId = caller.OrganizationId,
                OnlyWorkspaceId = caller.WorkspaceId,
                query.Status,
                After = after,
                query.Limit,
                Month = Month.Of(clock.GetUtcNow()),
            });
            return rows.ToPage(query.Limit, binding);
        }
    }
}
