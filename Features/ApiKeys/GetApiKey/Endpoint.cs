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

namespace WorkspaceService.Features.ApiKeys;

/// <summary>Shows what a key stands for and may do; never the key itself.</summary>
public static partial class GetApiKey
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/api-keys/{key}", Get)
                .WithName(nameof(GetApiKey)).WithTags("API keys").WithSummary("Get an API key");

        private static async Task<NativeObject<ApiKeyObject>> Get(
            string key, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Query(caller, key), ct));
    }
}
