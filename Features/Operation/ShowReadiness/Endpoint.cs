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

namespace WorkspaceService.Features.Operation;

/// <summary>Says whether the service can serve now: its database answers, and it is not being stopped.</summary>
public static partial class ShowReadiness
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet("/readyz", Get)
                .AllowAnonymous().WithName(nameof(ShowReadiness)).WithTags("Operation")
                .WithSummary("Can the service serve now?")
                .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
            app.MapMethods("/readyz", [HttpMethods.Head], Get).AllowAnonymous().ExcludeFromDescription();
        }

        private static async Task<NativePlain<Response>> Get(IMediator mediator, CancellationToken ct) =>
            Native.Plain(await mediator.Send(new Query(), ct));
    }
}
