using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.JoinRequests;

public static partial class ShowOwnJoinRequest
{
    /// <summary><c>not_found</c> where no request of the caller waits.</summary>
    public sealed record Query(Caller Caller, string Workspace) : IQuery<Versioned<JoinRequestObject>>;

    private sealed class Handler(ConnectionFactory db)
        : QueryHandler<Query, WorkspaceAccess, Versioned<JoinRequestObject>>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Query query, Session session) =>
            WorkspaceAuthorization.FindAsync(session, query.Workspace, Need.Read);

        protected override async Task<Outcome<Versioned<JoinRequestObject>>> HandleAsync(
            Query query, WorkspaceAccess workspace, Session session) =>
            query.Caller.UserId is { } user
            && await session.FindAsync<JoinRequestObject>(
                Sql.FindPending, new { WorkspaceId = workspace.Id, UserId = user }) is { } request
                ? Versioned.Of(request)
                : Faults.NotFound;
    }
}
