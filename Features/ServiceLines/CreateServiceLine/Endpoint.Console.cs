using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.ServiceLines;

public static partial class CreateServiceLine
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/service-lines/new";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(CreateServiceLine));
        }

        private static Task<IResult> Get(PageAddress address, Caller caller, Frames frames, CancellationToken ct) =>
            ShowAsync(address["workspace_id"], Form.Of(), caller, frames, ct);

        private static async Task<IResult> Post(
            Form form, PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var command = new Command(
                caller,
                address["workspace_id"],
                form["name"],
                form["product_line"],
                form["execution_model"],
                form["billing_model"],
                form["subscription_id"],
                form.Lines("project_tags"),
                form.Json("config"),
                form.Date("starts_at"),
                form.Date("ends_at"));
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var line, out var fault)
                ? Html.GoTo($"/console/service-lines/{line.Value.Id}", $"{line.Value.Name} is drafted.")
                : await ShowAsync(address["workspace_id"], form.Refused(fault), caller, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string? workspace, Form form, Caller caller, Frames frames, CancellationToken ct) =>
            (await frames.OfWorkspaceAsync(caller, workspace ?? "", ct)).Match(
                frame => frame.MayManageServiceLines
                    ? Html.Show(new View(frame, form))
                    : Html.Refused(form.Fault ?? Faults.Forbidden),
                Html.Refused);
    }

    public sealed record View(Frame Frame, Form Form) : IView<Pages.ServiceLines.CreateServiceLine.Page>;
}
