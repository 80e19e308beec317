using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Integrations;

public static partial class DisconnectIntegration
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/integrations/{integration}/disconnect";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(DisconnectIntegration));
        }

        private static async Task<IResult> Get(
            string integration, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            (await mediator.Send(new GetIntegration.Query(caller, integration), ct)).Succeeded(
                out var shown, out var unseen)
                ? await ShowAsync(shown, Form.Of(), caller, frames, ct)
                : Html.Refused(unseen);

        private static async Task<IResult> Post(
            string integration, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var found = await mediator.Send(new GetIntegration.Query(caller, integration), ct);
            if (!found.Succeeded(out var shown, out var unseen))
            {
                return Html.Refused(unseen);
            }

            var command = new Command(caller, integration, form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out _, out var fault)
                ? Html.GoTo(
                    $"/console/integrations?workspace_id={shown.Value.WorkspaceId}",
                    $"{Words.Of(shown.Value.Type)} is not connected any more.")
                : await ShowAsync(shown, form.Refused(fault), caller, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            Versioned<IntegrationObject> integration, Form form, Caller caller, Frames frames, CancellationToken ct) =>
            (await frames.OfWorkspaceAsync(caller, integration.Value.WorkspaceId, ct)).Match(
                frame => frame.MayManageWorkspace
                    ? Html.Show(new View(frame, integration, form))
                    : Html.Refused(form.Fault ?? Faults.Forbidden),
                Html.Refused);
    }

    public sealed record View(Frame Frame, Versioned<IntegrationObject> Integration, Form Form)
        : IView<Pages.Integrations.DisconnectIntegration.Page>;
}
