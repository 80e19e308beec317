using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Webhooks;

/// <summary>Sends one event to a webhook again, at once and then as often as a new one.</summary>
public static partial class RetryWebhookDelivery
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/webhooks/{webhook}/deliveries/{delivery}/retry", Post)
                .WithName(nameof(RetryWebhookDelivery)).WithTags("Webhooks").WithSummary("Retry a delivery");

        private static async Task<NativeAccepted<DeliveryObject>> Post(
            string webhook,
            string delivery,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Accepted(await mediator.Send(new Command(caller, webhook, delivery, ifMatch), ct));
    }
}
