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

namespace WorkspaceService.Features.Operation;

public static partial class ShowLiveness
{
    public sealed record Query : IQuery<Response>;

    /// <param name="Status">live.</param>
    /// <example>{ "status": "live" }</example>
    public sealed record Response(string Status);

    private sealed class Handler : IRequestHandler<Query, Outcome<Response>>
    {
        private static readonly Task<Outcome<Response>> Live = Task.FromResult<Outcome<Response>>(new Response("live"));

        public Task<Outcome<Response>> Handle(Query query, CancellationToken ct) => Live;
    }
}
