using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Integrations;

public static partial class ConnectIntegration
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/integrations/new";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(ConnectIntegration));
        }

        private static Task<IResult> Get(PageAddress address, Caller caller, Frames frames, CancellationToken ct) =>
            ShowAsync(address["workspace_id"], Form.Of(), caller, frames, ct);

        private static async Task<IResult> Post(
            Form form, PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var workspace = address["workspace_id"];
            var command = new Command(caller, workspace, form["type"], form.Json("config"));
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var made, out var fault)
                ? Html.GoTo(
                    $"/console/integrations?workspace_id={workspace}", $"{Words.Of(made.Value.Type)} is connected now.")
                : await ShowAsync(workspace, form.Refused(fault), caller, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string? workspace, Form form, Caller caller, Frames frames, CancellationToken ct) =>
            (await frames.OfWorkspaceAsync(caller, workspace ?? "", ct)).Match(
                frame => frame.MayManageWorkspace
                    ? Html.Show(new View(frame, form))
                    : Html.Refused(form.Fault ?? Faults.Forbidden),
                Html.Refused);
    }

    public sealed record View(Frame Frame, Form Form) : IView<Pages.Integrations.ConnectIntegration.Page>;
}
