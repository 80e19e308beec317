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

namespace WorkspaceService.Features.Invitations;

public static partial class ListInvitations
{
    /// <param name="Q">Found in the address; nowhere for callers who may not see addresses.</param>
    public sealed record Query(
        Caller Caller,
        string Workspace,
        string? Status = null,
        string? Q = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IQuery<Page<InvitationObject>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Query, Outcome<Page<InvitationObject>>>
    {
        public async Task<Outcome<Page<InvitationObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.WorkspaceAsync(query.Caller, query.Workspace, Need.Inspect(Permissions.Read));
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            var binding = Cursor.Binding(nameof(ListInvitations), workspace.Code, query.Status, query.Q);
            if (!Paging.After(binding, query.Cursor).Succeeded(out var after, out var damaged))
            {
                return damaged;
            }

            var rows = await session.ListAsync<InvitationObject>(Sql.List, new
            {
                WorkspaceId = workspace.Id,
                query.Status,
                Q = ValidationRules.Contains(query.Q),
                SeesEmails = query.Caller.SeesEmails ? 1 : 0,
                Now = clock.GetUtcNow(),
                After = after,
                Take = query.Limit + 1,
            });
            return rows.ConvertAll(invitation => invitation.SeenBy(query.Caller)).ToPage(query.Limit, binding);
        }
    }
}
