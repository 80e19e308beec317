using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Webhooks;

public static partial class RetryWebhookDelivery
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/webhooks/{webhook}/deliveries/{delivery}/retry";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(RetryWebhookDelivery));
        }

        private static Task<IResult> Get(
            string webhook, string delivery, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(webhook, delivery, Form.Of(), caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string webhook,
            string delivery,
            Form form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var command = new Command(caller, webhook, delivery, form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out _, out var fault)
                ? Html.GoTo($"/console/webhooks/{webhook}/deliveries/{delivery}", "It is being sent again.")
                : await ShowAsync(webhook, delivery, form.Refused(fault), caller, mediator, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string webhook,
            string delivery,
            Form form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var sent = await mediator.Send(new GetWebhookDelivery.Query(caller, webhook, delivery), ct);
            var found = sent.And(await mediator.Send(new GetWebhook.Query(caller, webhook), ct));
            if (!found.Succeeded(out var both, out var fault))
            {
                return Html.Refused(fault);
            }

            return (await frames.OfWebhooksAsync(caller, both.Second.Value.OrganizationId, ct, writes: true)).Match(
                frame => Html.Show(new View(frame, both.Second.Value, both.First, form)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, WebhookObject Webhook, Versioned<DeliveryObject> Delivery, Form Form)
        : IView<Pages.Webhooks.RetryWebhookDelivery.Page>;
}
