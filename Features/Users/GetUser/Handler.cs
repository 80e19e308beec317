using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Users;

public static partial class GetUser
{
    public sealed record Query(Caller Caller, string User) : IQuery<Versioned<UserObject>>;

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, UserAccess, Versioned<UserObject>>(db)
    {
        protected override ValueTask<Outcome<UserAccess>> FindAsync(Query query, Session session) =>
            UserAuthorization.FindReadableAsync(session, query.User);

        protected override async Task<Outcome<Versioned<UserObject>>> HandleAsync(
            Query query, UserAccess user, Session session) =>
            (await UserObject.ReadAsync(session, user.Id)).Select(read => read.SeenBy(query.Caller));
    }
}
