using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Webhooks;

public static partial class GetWebhook
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/webhooks/{webhook}", Get).WithName("console." + nameof(GetWebhook));

        private static async Task<IResult> Get(
            string webhook,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            if (!(await mediator.Send(new Query(caller, webhook), ct)).Succeeded(out var shown, out var fault))
            {
                return Html.Refused(fault);
            }

            var frame = await frames.OfWebhooksAsync(caller, shown.Value.OrganizationId, ct);
            var deliveries = new ListWebhookDeliveries.Query(
                caller, webhook, address["status"], address["event_id"], address["cursor"], View.Rows);
            return frame.And(await mediator.Send(deliveries, ct)).Match(
                both => Html.Show(new View(both.First, address, shown, both.Second)), Html.Refused);
        }
    }

    public sealed record View(
        Frame Frame, PageAddress Address, Versioned<WebhookObject> Webhook, Page<DeliveryObject> Deliveries)
        : IView<Pages.Webhooks.GetWebhook.Page>
    {
        internal const int Rows = 25;
    }
}
