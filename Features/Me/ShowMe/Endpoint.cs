using Carter;
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

namespace WorkspaceService.Features.Me;

/// <summary>
/// Tells callers who they are to the service: what the key stands for, how far it reaches, what it may do.
/// </summary>
public static partial class ShowMe
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/me", Get).WithName(nameof(ShowMe)).WithTags("Me").WithSummary("Show the caller");

        private static async Task<NativeValue<Response>> Get(Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Value(await mediator.Send(new Query(caller), ct));
    }
}
