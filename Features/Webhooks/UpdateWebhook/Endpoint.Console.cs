using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Webhooks;

public static partial class UpdateWebhook
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/webhooks/{webhook}/edit";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(UpdateWebhook));
            app.MapPost("/console/webhooks/{webhook}/status", PostStatus)
                .WithName("console." + nameof(UpdateWebhook) + ".status");
        }

        private static Task<IResult> Get(
            string webhook, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(webhook, null, null, caller, mediator, frames, ct);

        private static Task<IResult> Post(
            string webhook, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var patch = new Body
            {
                Url = form["url"],
                Description = form["description"],
                Events = new(form.All("events")),
                Status = form["status"],
            };
            return SendAsync(webhook, form, patch, "The webhook is saved.", caller, mediator, frames, ct);
        }

        private static Task<IResult> PostStatus(
            string webhook, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            SendAsync(
                webhook,
                form,
                new Body { Status = form["status"] },
                $"The webhook is {form["status"]} now.",
                caller,
                mediator,
                frames,
                ct);

        private static async Task<IResult> SendAsync(
            string webhook,
            Form form,
            Body patch,
            string notice,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var command = new Command(caller, webhook, patch, form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out _, out var fault)
                ? Html.GoTo($"/console/webhooks/{webhook}", notice)
                : await ShowAsync(webhook, form, fault, caller, mediator, frames, ct);
        }

        // What was typed is kept; a button had nothing but the status, so the rest is filled from what is stored.
        private static async Task<IResult> ShowAsync(
            string webhook,
            Form? form,
            Fault? refusal,
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

            var filled = form is not null && form.Has("url") ? form : FormOf(shown.Value, form?["status"]);
            return (await frames.OfWebhooksAsync(caller, shown.Value.OrganizationId, ct, writes: true)).Match(
                frame => Html.Show(new View(frame, shown, refusal is null ? filled : filled.Refused(refusal))),
                Html.Refused);
        }

        private static Form FormOf(WebhookObject webhook, string? status) => Form.Of(
            ("url", webhook.Url),
            ("description", webhook.Description),
            ("events", webhook.Events),
            ("status", status ?? webhook.Status));
    }

    public sealed record View(Frame Frame, Versioned<WebhookObject> Webhook, Form Form)
        : IView<Pages.Webhooks.UpdateWebhook.Page>;
}
