using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Integrations;

/// <summary>Shows one integration to an admin of its workspace.</summary>
public static partial class GetIntegration
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/integrations/{integration}", Get)
                .WithName(nameof(GetIntegration)).WithTags("Integrations").WithSummary("Get an integration");

        private static async Task<NativeObject<IntegrationObject>> Get(
            string integration, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Query(caller, integration), ct));
    }
}
