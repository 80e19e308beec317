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

/// <summary>Says that the service runs, whatever state its database is in.</summary>
public static partial class ShowLiveness
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet("/livez", Get)
                .AllowAnonymous().WithName(nameof(ShowLiveness)).WithTags("Operation")
                .WithSummary("Is the service running?");
            app.MapMethods("/livez", [HttpMethods.Head], Get).AllowAnonymous().ExcludeFromDescription();
        }

        private static async Task<NativePlain<Response>> Get(IMediator mediator, CancellationToken ct) =>
            Native.Plain(await mediator.Send(new Query(), ct));
    }
}
