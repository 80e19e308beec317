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

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Versioned<UserObject>>>
    {
        public async Task<Outcome<Versioned<UserObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.UserAsync(query.Caller, query.User);
            if (!found.Succeeded(out var user, out var fault))
            {
                return fault;
            }

            if (!query.Caller.May(Permissions.Read))
            {
                return Faults.Forbidden;
            }

            var read = await session.ReadUserAsync(user.Id);
            return read with { Value = read.Value.SeenBy(query.Caller) };
        }
    }
}
