using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Members;

public static partial class ListAllMembers
{
    public sealed record Query(Caller Caller, string Workspace) : IQuery<IReadOnlyList<MemberObject>>;

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<IReadOnlyList<MemberObject>>>
    {
        public async Task<Outcome<IReadOnlyList<MemberObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.WorkspaceAsync(query.Caller, query.Workspace, Need.Belong);
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            var members = await session.ListAsync<MemberObject>(Sql.List, new { WorkspaceId = workspace.Id });
            return members.ConvertAll(member => member.SeenBy(query.Caller));
        }
    }
}
