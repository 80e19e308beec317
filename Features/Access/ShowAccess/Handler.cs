using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Access;

public static partial class ShowAccess
{
    public sealed record Query(Caller Caller, string Workspace, string? UserId, string? Role) : IQuery<AccessObject>;

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, AccessObject>(db)
    {
        protected override async Task<Outcome<AccessObject>> HandleAsync(Query query, Session session) =>
            (await AccessReader.CheckAsync(session, new AccessKey(query.Workspace, query.UserId!)))
                .Then<AccessObject>(access => AccessObject.Of(access, query.Role!));
    }
}
