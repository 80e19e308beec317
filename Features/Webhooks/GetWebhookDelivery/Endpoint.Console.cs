using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Webhooks;

public static partial class GetWebhookDelivery
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/webhooks/{webhook}/deliveries/{delivery}", Get)
                .WithName("console." + nameof(GetWebhookDelivery));

        private static async Task<IResult> Get(
            string webhook, string delivery, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var sent = await mediator.Send(new Query(caller, webhook, delivery), ct);
            var found = sent.And(await mediator.Send(new GetWebhook.Query(caller, webhook), ct));
            if (!found.Succeeded(out var both, out var fault))
            {
                return Html.Refused(fault);
            }

            return (await frames.OfWebhooksAsync(caller, both.Second.Value.OrganizationId, ct)).Match(
                frame => Html.Show(new View(frame, both.Second.Value, both.First)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, WebhookObject Webhook, Versioned<DeliveryObject> Delivery)
        : IView<Pages.Webhooks.GetWebhookDelivery.Page>;
}
