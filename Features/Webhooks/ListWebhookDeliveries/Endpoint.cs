using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Webhooks;

/// <summary>Lists what a webhook was sent, is being sent, and could not be sent, with every try.</summary>
public static partial class ListWebhookDeliveries
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/webhooks/{webhook}/deliveries", Get)
                .WithName(nameof(ListWebhookDeliveries)).WithTags("Webhooks").WithSummary("List deliveries");

        private static async Task<NativeList<DeliveryObject>> Get(
            string webhook,
            string? status,
            [FromQuery(Name = "event_id")] string? eventId,
            string? cursor,
            int? limit,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var query = new Query(caller, webhook, status, eventId, cursor, limit ?? Paging.DefaultLimit);
            return Native.List(await mediator.Send(query, ct));
        }
    }
}
