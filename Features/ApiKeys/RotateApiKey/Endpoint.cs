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

/// <summary>Gives a key a new text, shown this once; the old one opens it until the overlap is over.</summary>
public static partial class RotateApiKey
{
    public sealed record Body(long? OverlapSeconds);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/api-keys/{key}/rotate", Post)
                .WithName(nameof(RotateApiKey)).WithTags("API keys").WithSummary("Rotate an API key");

        private static async Task<NativeObject<ApiKeyObject>> Post(
            string key, Body? body, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, key, body?.OverlapSeconds ?? 0, ifMatch), ct));
    }
}
