using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.ServiceLines;

public static partial class CloseServiceLine
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/service-lines/{serviceLine}/close";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(CloseServiceLine));
        }

        private static Task<IResult> Get(
            string serviceLine, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(serviceLine, Form.Of(), caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string serviceLine, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var command = new Command(caller, serviceLine, form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var line, out var fault)
                ? Html.GoTo($"/console/service-lines/{serviceLine}", $"{line.Value.Name} is closed now.")
                : await ShowAsync(serviceLine, form.Refused(fault), caller, mediator, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string serviceLine, Form form, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var found = await mediator.Send(new GetServiceLine.Query(caller, serviceLine), ct);
            if (!found.Succeeded(out var line, out var fault))
            {
                return Html.Refused(fault);
            }

            return (await frames.OfWorkspaceAsync(caller, line.Value.WorkspaceId, ct)).Match(
                frame => frame.MayManageServiceLines
                    ? Html.Show(new View(frame, line, form))
                    : Html.Refused(form.Fault ?? Faults.Forbidden),
                Html.Refused);
        }
    }

    public sealed record View(Frame Frame, Versioned<ServiceLineObject> Line, Form Form)
        : IView<Pages.ServiceLines.CloseServiceLine.Page>;
}
