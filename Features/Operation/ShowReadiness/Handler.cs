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

public static partial class ShowReadiness
{
    public sealed record Query : IQuery<Response>;

    /// <param name="Status">ready.</param>
    /// <example>{ "status": "ready" }</example>
    public sealed record Response(string Status);

    private sealed class Handler(DatabaseProbe database, IHostApplicationLifetime service)
        : IRequestHandler<Query, Outcome<Response>>
    {
        public async Task<Outcome<Response>> Handle(Query query, CancellationToken ct) =>
            !service.ApplicationStopping.IsCancellationRequested && await database.AnswersAsync(ct)
                ? new Response("ready")
                : Faults.Unavailable;
    }
}
