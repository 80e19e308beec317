using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Webhooks;

public static partial class CreateWebhook
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/webhooks/new";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(CreateWebhook));
        }

        private static Task<IResult> Get(PageAddress address, Caller caller, Frames frames, CancellationToken ct) =>
            ShowAsync(address, Form.Of(("workspace_id", address["workspace_id"])), null, caller, frames, ct);

        private static async Task<IResult> Post(
            Form form, PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var command = new Command(
                caller,
                address["organization_id"],
                form["url"],
                form.All("events"),
                form["workspace_id"],
                form["description"]);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var made, out var fault)
                ? await ShowAsync(address, form, made.Value, caller, frames, ct)
                : await ShowAsync(
                    address, form.Refused(fault, (Faults.NotFound.Code, "workspace_id")), null, caller, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            PageAddress address, Form form, WebhookObject? made, Caller caller, Frames frames, CancellationToken ct) =>
            (await frames.OfWebhooksAsync(caller, address["organization_id"] ?? "", ct, writes: true)).Match(
                frame => Html.Show(new View(frame, form, made)), Html.Refused);
    }

    /// <param name="Made">The webhook with its secret, once it is made.</param>
    public sealed record View(Frame Frame, Form Form, WebhookObject? Made) : IView<Pages.Webhooks.CreateWebhook.Page>;
}
