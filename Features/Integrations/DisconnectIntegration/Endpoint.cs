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

namespace WorkspaceService.Features.Integrations;

/// <summary>Ends a workspace's connection to an outside system; its secrets are gone with it.</summary>
public static partial class DisconnectIntegration
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapDelete("/v1/integrations/{integration}", Delete)
                .WithName(nameof(DisconnectIntegration)).WithTags("Integrations")
                .WithSummary("Disconnect an integration");

        private static async Task<NativeNothing> Delete(
            string integration, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Nothing(await mediator.Send(new Command(caller, integration, ifMatch), ct));
    }
}
