using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Webhooks;

public static partial class RotateWebhookSecret
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/webhooks/{webhook}/rotate-secret";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(RotateWebhookSecret));
        }

        private static Task<IResult> Get(
            string webhook, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(webhook, Form.Of(("overlap_seconds", 86400)), null, caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string webhook, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var command = new Command(caller, webhook, form.Number("overlap_seconds") ?? 0, form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var rotated, out var fault)
                ? await ShowAsync(webhook, form, rotated.Value.Secret, caller, mediator, frames, ct)
                : await ShowAsync(webhook, form.Refused(fault), null, caller, mediator, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string webhook,
            Form form,
            string? secret,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var found = await mediator.Send(new GetWebhook.Query(caller, webhook), ct);
            if (!found.Succeeded(out var shown, out var fault))
            {
                return Html.Refused(fault);
            }

            return (await frames.OfWebhooksAsync(caller, shown.Value.OrganizationId, ct, writes: true)).Match(
                frame => Html.Show(new View(frame, shown, form, secret)), Html.Refused);
        }
    }

    /// <param name="Secret">The new one, once it is made.</param>
    public sealed record View(Frame Frame, Versioned<WebhookObject> Webhook, Form Form, string? Secret)
        : IView<Pages.Webhooks.RotateWebhookSecret.Page>;
}
