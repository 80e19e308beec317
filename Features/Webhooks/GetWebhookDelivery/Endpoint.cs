using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Webhooks;

/// <summary>Shows one delivery with every try.</summary>
public static partial class GetWebhookDelivery
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/webhooks/{webhook}/deliveries/{delivery}", Get)
                .WithName(nameof(GetWebhookDelivery)).WithTags("Webhooks").WithSummary("Get a delivery");

        private static async Task<NativeObject<DeliveryObject>> Get(
            string webhook, string delivery, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Query(caller, webhook, delivery), ct));
    }
}
