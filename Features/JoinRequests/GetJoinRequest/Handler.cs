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

namespace WorkspaceService.Features.JoinRequests;

public static partial class GetJoinRequest
{
    public sealed record Query(Caller Caller, string Workspace, string Request) : IQuery<Versioned<JoinRequestObject>>;

    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Versioned<JoinRequestObject>>>
    {
        public async Task<Outcome<Versioned<JoinRequestObject>>> Handle(Query query, CancellationToken ct)
        {
            await using var session = await db.OpenAsync(ct);
            var found = await session.WorkspaceAsync(query.Caller, query.Workspace, Need.Read);
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            // To anyone else the request does not exist.
            return await session.FindJoinRequestAsync(workspace.Id, query.Request) is { } request
                && (workspace.Role == Roles.Admin || request.UserId == query.Caller.UserCode)
                ? new Versioned<JoinRequestObject>(request with { Email = query.Caller.SeesEmails ? request.Email : null }, request.Version)
                : Faults.NotFound;
        }
    }
}
