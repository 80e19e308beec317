using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Integrations;

/// <summary>Ends a workspace's connection to an outside system.</summary>
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
