using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Workspaces;

public static partial class ListAllWorkspaces
{
    public sealed record Query(Caller Caller, string Organization) : IQuery<IReadOnlyList<WorkspaceRow>>;

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, Reach, IReadOnlyList<WorkspaceRow>>(db)
    {
        // A key narrowed to a workspace does not see the organization.
        protected override async ValueTask<Outcome<Reach>> FindAsync(Query query, Session session) =>
            query.Caller.WorkspaceCode is { } only
                ? (await WorkspaceAuthorization.FindAsync(session, only, Need.Read))
                    .Then<Reach>(workspace => new Reach(workspace.OrganizationId))
                : (await OrganizationAuthorization.FindAsync(session, query.Organization, Need.Read))
                    .Then<Reach>(organization => new Reach(organization.Id));

        protected override async Task<Outcome<IReadOnlyList<WorkspaceRow>>> HandleAsync(
            Query query, Reach reach, Session session)
        {
            var caller = query.Caller;
            return await session.ListAsync<WorkspaceRow>(Sql.List, new
            {
                reach.OrganizationId,
                caller.WorkspaceId,
                UserId = caller.UserId ?? 0,
                SeesAll = caller.UserId is null ? 1 : 0,
                Month = Month.Of(session.Now),
            });
        }
    }

    /// <summary>The organization whose workspaces are listed.</summary>
    private sealed record Reach(long OrganizationId);
}
