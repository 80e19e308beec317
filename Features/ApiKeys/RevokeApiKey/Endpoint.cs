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

/// <summary>Ends a key for good: from the next request on it opens nothing.</summary>
public static partial class RevokeApiKey
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapDelete("/v1/api-keys/{key}", Delete)
                .WithName(nameof(RevokeApiKey)).WithTags("API keys").WithSummary("Revoke an API key");

        private static async Task<NativeNothing> Delete(
            string key, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Nothing(await mediator.Send(new Command(caller, key, ifMatch), ct));
    }
}
