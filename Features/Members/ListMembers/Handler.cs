using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class ListMembers
{
    /// <param name="Include"><c>implicit</c> for the organization's owner and admins too (R3).</param>
    /// <param name="Status">The users' status: active or deactivated; null for both.</param>
    /// <param name="Q">Found in name or address; in the name alone for callers who may not see addresses.</param>
    public sealed record Query(
        Caller Caller,
        string Workspace,
        string? Include = null,
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
            var found = await session.WorkspaceAsync(query.Caller, query.Workspace, Need.Belong);
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            var binding = Cursor.Binding(nameof(ListMembers), workspace.Code, query.Include, query.Role, query.Status, query.Q);
            if (!Paging.After(binding, query.Cursor).Succeeded(out var after, out var damaged))
            {
                return damaged;
            }

            var rows = await session.ListCachedAsync<MemberObject>(query.Include is null ? Sql.List : Sql.ListWithImplicit, new
            {
                WorkspaceId = workspace.Id,
                workspace.OrganizationId,
                query.Role,
                query.Status,
                Q = ValidationRules.Contains(query.Q),
                SeesEmails = query.Caller.SeesEmails ? 1 : 0,
                After = after,
                Take = query.Limit + 1,
            });
            return rows.ConvertAll(member => member.SeenBy(query.Caller)).ToPage(query.Limit, binding);
        }
    }
}
