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
