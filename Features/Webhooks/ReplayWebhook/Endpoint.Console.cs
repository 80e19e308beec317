using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Webhooks;

public static partial class ReplayWebhook
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/webhooks/{webhook}/replay";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(ReplayWebhook));
        }

        private static Task<IResult> Get(
            string webhook, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(webhook, Form.Of(), caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string webhook, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var command = new Command(caller, webhook, form.Number("after"), form.Number("before"), form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var again, out var fault)
                ? Html.GoTo(
                    $"/console/webhooks/{webhook}",
                    $"The events after {again.After} and before {again.Before} are sent again.")
                : await ShowAsync(webhook, form.Refused(fault), caller, mediator, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string webhook, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var found = await mediator.Send(new GetWebhook.Query(caller, webhook), ct);
            if (!found.Succeeded(out var shown, out var fault))
            {
                return Html.Refused(fault);
            }

            return (await frames.OfWebhooksAsync(caller, shown.Value.OrganizationId, ct, writes: true)).Match(
                frame => Html.Show(new View(frame, shown, form)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, Versioned<WebhookObject> Webhook, Form Form)
        : IView<Pages.Webhooks.ReplayWebhook.Page>;
}
