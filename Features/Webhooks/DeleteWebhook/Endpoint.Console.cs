using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Webhooks;

public static partial class DeleteWebhook
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/webhooks/{webhook}/delete";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(DeleteWebhook));
        }

        private static async Task<IResult> Get(
            string webhook, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            (await mediator.Send(new GetWebhook.Query(caller, webhook), ct)).Succeeded(out var shown, out var fault)
                ? await ShowAsync(shown, Form.Of(), caller, frames, ct)
                : Html.Refused(fault);

        private static async Task<IResult> Post(
            string webhook, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var found = await mediator.Send(new GetWebhook.Query(caller, webhook), ct);
            if (!found.Succeeded(out var shown, out var unseen))
            {
                return Html.Refused(unseen);
            }

            var command = new Command(caller, webhook, form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out _, out var fault)
                ? Html.GoTo(
                    $"/console/webhooks?organization_id={shown.Value.OrganizationId}", $"{webhook} is deleted.")
                : await ShowAsync(shown, form.Refused(fault), caller, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            Versioned<WebhookObject> shown, Form form, Caller caller, Frames frames, CancellationToken ct) =>
            (await frames.OfWebhooksAsync(caller, shown.Value.OrganizationId, ct, writes: true)).Match(
                frame => Html.Show(new View(frame, shown, form)), Html.Refused);
    }

    public sealed record View(Frame Frame, Versioned<WebhookObject> Webhook, Form Form)
        : IView<Pages.Webhooks.DeleteWebhook.Page>;
}
